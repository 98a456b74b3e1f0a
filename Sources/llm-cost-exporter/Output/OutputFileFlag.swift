// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The flag that sends a result to a file.
struct OutputFileFlag: ParsableArguments {
    @Option(
        name: .customLong("output"),
        help: ArgumentHelp(
            "Write the result to this file, whole or not at all, instead of to standard output.", valueName: "file"))
    var path: String?

    /// Sends what standard output would get to the file, if the flag names one; to be called before the work begins.
    ///
    /// - Throws: `PendingFileError` if no file can be written there.
    func begin() throws {
        guard let path else { return }
        StandardOutput.redirect(to: try PendingFile(path))
    }
}
