// SPDX-License-Identifier: Apache-2.0
import GenAI

/// A text of a folder that still names a forgotten user.
package struct RemainingMention: Equatable, Sendable {
    /// What the text is: the name of a label or dimension, ``ForgottenUser/traceName``, or ``fact``.
    package var kind: String
    /// The text: the user, or a longer text with the user in it.
    package var text: String
    /// Whether it is a value of a label, so that it can be forgotten, too.
    package var isOfLabel: Bool
    /// The files that have it.
    package var files: Set<String>

    /// The kind of texts that may be a model, a provider or the like.
    static let fact = "model or other fact"
    static let tenant = "tenant"
}

/// Collects the texts of a folder that still name a forgotten user.
struct RemainingMentions {
    private struct Key: Hashable {
        let kind: String
        let text: String
    }

    /// The user.
    let user: ForgottenUser
    private let labels: Set<String>
    private var files: [Key: Set<String>] = [:]
    /// Whether there are more than ``most``.
    private(set) var hasMore = false

    /// Facts that the program itself names, so that calls of all users have them.
    private static let ownWords = Set(KnownOperation.allCases.map(\.name) + TokenClass.allCases.map(\.name))

    /// Bounds memory and the list that a person reads.
    private static let most = 100

    /// Prepares to note texts.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - labels: The names of labels and dimensions whose values can be forgotten.
    init(_ user: ForgottenUser, labels: Set<String>) { (self.user, self.labels) = (user, labels) }

    /// Notes a text that stays, if it names the user.
    ///
    /// A fact that is a word of the program says nothing about a user, whatever the name of the user is.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - kind: What it is.
    ///   - file: The file that has it.
    mutating func note(_ text: String, as kind: String, in file: String) {
        guard user.isNamed(in: Array(text.utf8)) else { return }
        guard labels.contains(kind) || !Self.ownWords.contains(text) else { return }
        let key = Key(kind: kind, text: text)
        guard files[key] != nil || files.count < Self.most else { return hasMore = true }
        files[key, default: []].insert(file)
    }

    /// What the values of a label of series are.
    ///
    /// Series have a label for each fact, and rows do not say which fact a text is: a model is one mention in both.
    func kind(ofLabel name: String) -> String {
        labels.contains(name) || name == RemainingMention.tenant ? name : RemainingMention.fact
    }

    /// The mentions in the order of their kinds and texts.
    var sorted: [RemainingMention] {
        files.map { key, files in
            RemainingMention(kind: key.kind, text: key.text, isOfLabel: labels.contains(key.kind), files: files)
        }.sorted { ($0.kind, $0.text) < ($1.kind, $1.text) }
    }
}
