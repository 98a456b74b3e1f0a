// SPDX-License-Identifier: Apache-2.0

/// The error about a flag that other programs have and `serve` has under a longer name.
enum WrongFlag {
    /// The parser's error with the flags that were probably meant.
    ///
    /// - Parameters:
    ///   - text: The parser's error.
    ///   - arguments: The command line without the program.
    /// - Returns: The error with a suggestion; `nil` if the parser has one, and for other errors and commands.
    static func sentence(for text: String, _ arguments: [String]) -> String? {
        let beginning = "Error: Unknown option '--"
        guard let first = arguments.first, first.hasPrefix("-") || first == "serve", text.hasPrefix(beginning),
            let line = text.split(separator: "\n").first, !line.contains("Did you mean")
        else { return nil }
        let given = text.dropFirst(beginning.count).prefix { $0 != "'" && $0 != "=" }
        let words = words(of: given).map { synonyms[$0] ?? $0 }
        let meant = FlagEnvironment.flags.filter { flag in
            let parts = Self.words(of: flag[...])
            return !words.isEmpty && words.allSatisfy { parts.contains($0) }
        }
        guard !meant.isEmpty else { return nil }
        let flags = meant.map { "'--\($0)'" }.joined(separator: " or ")
        return "\(line). Did you mean \(flags)?\(text.dropFirst(line.count))"
    }

    private static func words(of flag: Substring) -> [String] {
        flag.lowercased().split { $0 == "." || $0 == "-" || $0 == "_" }.map(String.init)
    }

    /// The words of other programs for parts of the flags.
    private static let synonyms = [
        "port": "listen", "addr": "listen", "bind": "listen", "host": "listen", "http": "web", "metrics": "web",
        "verbosity": "level", "loglevel": "level", "settings": "config", "lifecycle": "lifecycle",
        "reload": "lifecycle",
        "price": "prices", "pricing": "prices",
    ]
}
