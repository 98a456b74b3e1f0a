// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// `version`: prints what `--version` prints.
struct ShowVersion: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version, the commit and its date, and the Swift version.")

    func run() { print(Version.report) }
}
