// SPDX-License-Identifier: Apache-2.0
import Reports

/// The pages about stored calls, with what the path names.
package enum PageAddress: Sendable, Equatable {
    case overview, traces, users, unpriced
    case trace(String)
    case session(String)
    case model(String)

    /// The paths of all pages except `/`; what is in braces is any text without a slash.
    package static let paths =
        ["/traces", "/traces/{trace}", "/sessions/{session}", "/users", "/unpriced"]
        // Ids of the price book have slashes.
        + (1...mostPartsOfModels).map { "/models" + String(repeating: "/{model}", count: $0) }

    private static let mostPartsOfModels = 7

    /// Reads a path; `nil` for any other path, and for a percent-encoding that is broken.
    ///
    /// - Parameter path: The path, percent-encoded.
    package init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let words = parts.compactMap { QuestionParameters.pathText($0) }
        guard path.hasPrefix("/"), words.count == parts.count, let first = words.first else { return nil }
        switch (first, words.count) {
        case ("", 1): self = .overview
        case ("traces", 1): self = .traces
        case ("users", 1): self = .users
        case ("unpriced", 1): self = .unpriced
        case ("traces", 2): self = .trace(words[1])
        case ("sessions", 2): self = .session(words[1])
        case ("models", 2...(1 + Self.mostPartsOfModels)): self = .model(words.dropFirst().joined(separator: "/"))
        default: return nil
        }
    }

    /// Whether the page shows what single users did: their names, traces or sessions.
    var showsUsers: Bool {
        switch self {
        case .overview, .model, .unpriced: false
        case .traces, .trace, .session, .users: true
        }
    }

    // MARK: Links

    static func path(ofTrace id: String) -> String { "/traces/\(HTMLText.percentEncoded(id))" }
    static func path(ofSession name: String) -> String { "/sessions/\(part(of: name))" }
    static func path(ofModel name: String) -> String { "/models/\(part(of: name))" }

    private static func part(of name: String) -> String { HTMLText.percentEncoded(PathPart.part(of: name)) }
}

/// Which pages about stored calls there are.
package enum PageRule: String, CaseIterable, Sendable {
    /// All pages.
    case all
    /// Only those on which no user, trace or session is named.
    case overview
    /// None.
    case off
}
