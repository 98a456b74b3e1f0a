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
    /// - Parameters:
    ///   - settings: The settings of ``settings()``.
    ///   - argument: The folder that an argument names, instead of that of the settings.
    /// - Returns: Its path.
    /// - Throws: What to write, if nothing names a folder, or both the argument and the flag do.
    func folder(of settings: Settings, argument: String? = nil) throws -> String {
        if let argument {
            guard path == nil else {
                throw ValidationError(
                    "the argument '\(argument)' and --storage.path both name a folder; give the folder once")
            }
            return argument
        }
        guard settings.storagePath.isEmpty else { return settings.storagePath }
        throw ValidationError(
            "no folder is named; write it as the argument, or --storage.path FOLDER, or --config.file FILE with storage.path in "
                + "that file")
    }

    /// The flags as words of a command.
    var words: [String] {
        let flags = [("--storage.path", path), ("--config.file", file.path)]
        return flags.flatMap { name, value in value.map { [name, $0] } ?? [] }
    }

    /// Takes the folder from the arguments of a command that has another one behind it.
    ///
    /// - Parameters:
    ///   - arguments: One or two words.
    ///   - last: What the last one is, for the error.
    /// - Returns: The folder, `nil` if no argument names it, and the last word.
    /// - Throws: What to write, for any other number of words.
    static func split(_ arguments: [String], last: String) throws -> (folder: String?, last: String) {
        guard let word = arguments.last else {
            throw ValidationError("\(last) is missing; write it as the last argument")
        }
        guard arguments.count < 3 else {
            throw ValidationError(
                "'\(arguments[2])' is one argument too many; write at most the folder and then \(last)")
        }
        return (arguments.count == 2 ? arguments[0] : nil, word)
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

/// The flags that name the folder of a ledger, and the argument that may name it instead.
struct LedgerFolderArgument: ParsableArguments {
    @OptionGroup var flags: LedgerFolderFlags

    @Argument(help: "Folder of the ledger, instead of --storage.path.")
    var folder: String?

    /// The settings, without the price files that they name.
    func settings() throws -> Settings { try flags.settings() }

    /// The argument and the flags as words of a command.
    var words: [String] { [folder].compactMap(\.self) + flags.words }

    /// The folder.
    func folder(of settings: Settings) throws -> String { try flags.folder(of: settings, argument: folder) }
}
