// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Notation

/// The flag that sends a result to a file.
struct OutputFileFlag: ParsableArguments {
    @Option(
        name: .customLong("output"),
        help: ArgumentHelp(
            "Write the result to this file, whole or not at all, instead of to standard output, which '-' also is.",
            valueName: "file"))
    var path: String?

    /// Sends what standard output would get to the file, if the flag names one; to be called before the work begins.
    ///
    /// - Throws: ``ExitStatus/outputFailed`` after a message if no file can be written there.
    func begin() throws {
        guard let path, path != "-" else { return }
        do throws(PendingFileError) {
            StandardOutput.redirect(to: try PendingFile(path))
        } catch {
            StandardError.write("Error: \(ShownText.escaped("\(error)"))\n")
            throw ExitCode(ExitStatus.outputFailed)
        }
    }
}
