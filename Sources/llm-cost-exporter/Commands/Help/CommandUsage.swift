// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

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
}
