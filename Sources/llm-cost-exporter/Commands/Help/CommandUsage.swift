// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc

/// The hints below an error about a command line: how the command is used, and what was probably meant.
enum CommandUsage {
    /// The parser's text for an error that a command found while it ran, with the usage of that command.
    ///
    /// - Parameters:
    ///   - text: The parser's text, whose usage is that of the whole program.
    ///   - command: The command.
    /// - Returns: The text.
    static func sentence(_ text: String, of command: any ParsableCommand.Type) -> String {
        // The bare program serves: its own usage is right.
        guard command != Serve.self, let usage = text.firstRange(of: "\nUsage: "),
            let path = path(to: command, from: CostExporter.self)
        else { return text }
        let lines = CostExporter.usageString(for: command).split(separator: "\n").joined(separator: "\n       ")
        return "\(text[..<usage.lowerBound])\nUsage: \(lines)\n"
            + "  See '\(path.joined(separator: " ")) --help' for more information."
    }

    private static func path(
        to command: any ParsableCommand.Type, from root: any ParsableCommand.Type
    ) -> [String]? {
        if root == command { return [WrongCommand.name(of: root)] }
        for child in root.configuration.subcommands {
            if let path = path(to: command, from: child) { return [WrongCommand.name(of: root)] + path }
        }
        return nil
    }

    /// The parser's error about an argument of a command that takes the folder as a flag.
    ///
    /// - Parameters:
    ///   - text: The parser's error.
    ///   - arguments: The command line without the program.
    /// - Returns: The error with the flag; `nil` for other errors and commands, and if no argument is a folder.
    static func sentenceOnFolder(for text: String, _ arguments: [String]) -> String? {
        guard let command = arguments.first, takersOfFolders.contains(command),
            let line = text.split(separator: "\n").first, line.contains("nexpected argument"),
            let folder = zip(arguments.dropFirst(), arguments).first(where: { word, before in
                !before.hasPrefix("--") && isFolder(word)
            })?.0
        else { return nil }
        return "\(line); name the folder by --storage.path \(folder)\(text.dropFirst(line.count))"
    }

    private static let takersOfFolders: Set = ["top", "trace", "export", "reprice"]

    private static func isFolder(_ word: String) -> Bool {
        var status = stat()
        return unsafe stat(word, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
