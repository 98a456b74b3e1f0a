// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import Ledger
import Notation

/// The flags that name the folder of a ledger, as those of `serve` do.
struct LedgerFolderFlags: ParsableArguments {
    @OptionGroup var file: ConfigFileFlag

    @Option(
        name: .customLong("storage.path"),
        help: .served("Folder of the ledger.", "storage.path", "storage.path of the settings", "folder"))
    var path: String?

    /// The settings, without the price files that they name.
    ///
    /// - Throws: The mistakes of the settings file.
    func settings() throws -> Settings {
        var (settings, files) = (Settings(), FileStamps())
        if let named = file.value {
            try SettingsFile.read(named.text, namedBy: named.source, into: &settings, noting: &files)
        }
        if let value = FlagValue(path, of: "storage.path") { settings.storagePath = value.text }
        return settings
    }

    /// The folder.
    ///
    /// - Parameter settings: The settings of ``settings()``.
    /// - Returns: Its path.
    /// - Throws: What to write, if nothing names a folder.
    func folder(of settings: Settings) throws -> String {
        guard settings.storagePath.isEmpty else { return settings.storagePath }
        throw ValidationError(
            "no folder is named; write --storage.path FOLDER, or --config.file FILE with storage.path in that file")
    }

    /// What the lock of the folder says while a command has it.
    static func holder(_ command: String) -> String {
        "process \(getpid()), 'ledger \(command)' of version \(Version.text)"
    }

    /// Ends the command because the folder cannot be used.
    ///
    /// - Parameters:
    ///   - error: Why.
    ///   - status: The exit code.
    /// - Returns: The error to throw.
    static func refusal(_ error: JournalError, _ status: Int32 = ExitCode.failure.rawValue) -> ExitCode {
        StandardError.write("Error: \(ShownText.escaped("\(error)"))\n")
        return ExitCode(status)
    }
}
