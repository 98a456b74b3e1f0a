// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Notation

/// The error about a command line whose first word is not a command.
enum WrongCommand {
    /// The sentence about a word that should be a command.
    ///
    /// - Parameter arguments: The command line without the program, which the parser has refused.
    /// - Returns: The sentence; `nil` if a command is there.
    static func sentence(for arguments: [String]) -> String? {
        var (command, path): (any ParsableCommand.Type, [String]) = (CostExporter.self, [])
        for (index, word) in arguments.enumerated() {
            let children = command.configuration.subcommands
            if path == ["serve"], isSettingsFile(word) {
                return "'serve' takes no file as an argument; write --config.file \(word)"
            }
            guard !children.isEmpty, !word.hasPrefix("-"), !(index == 0 && word == "help") else { return nil }
            guard let child = children.first(where: { name(of: $0) == word }) else {
                return sentence(word, path, children.map(name(of:)))
            }
            (command, path) = (child, path + [word])
        }
        return nil
    }

    /// The words that other programs have for a command.
    private static let synonyms = [
        "run": "serve", "start": "serve", "server": "serve", "listen": "serve", "check": "check-config",
        "validate": "check-config", "config": "check-config", "test": "check-config", "lint": "check-config",
        "search": "find", "ls": "list",
    ]

    private static func sentence(_ word: String, _ path: [String], _ names: [String]) -> String {
        let whole = (path + [word]).joined(separator: " ")
        if path.isEmpty, isSettingsFile(word) {
            return "there is no command '\(whole)'; to serve with this settings file, write --config.file \(word)"
        }
        let near = synonyms[word].flatMap { names.contains($0) ? $0 : nil } ?? names.first { $0.hasPrefix(word) }
        if let near = near ?? EditDistance.nearest(to: word, among: names, atMost: max(2, word.utf8.count / 3)) {
            return "there is no command '\(whole)'; did you mean '\((path + [near]).joined(separator: " "))'?"
        }
        return "there is no command '\(whole)'; the commands are \(names.joined(separator: ", "))"
    }

    private static func isSettingsFile(_ word: String) -> Bool {
        !word.hasPrefix("-") && [".yaml", ".yml", ".json"].contains(where: word.hasSuffix)
    }

    /// The name of a command as it is written.
    static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }
}
