// SPDX-License-Identifier: Apache-2.0

/// A text of a folder that still names a forgotten user.
package struct RemainingMention: Equatable, Sendable {
    /// What the text is: the name of a label or dimension, ``ForgottenUser/traceName``, or another fact, such as `model`.
    package var place: String
    /// The text: the user, or a longer text with the user in it.
    package var text: String
    /// Whether it is a value of a label, so that it can be forgotten, too.
    package var isOfLabel: Bool
    /// The files that have it.
    package var files: Set<String>

    /// The place of texts that may be a model, a provider or the like.
    static let fact = "model or other fact"
}

/// Collects the texts of a folder that still name a forgotten user.
struct RemainingMentions {
    private struct Key: Hashable {
        let place: String
        let text: String
    }

    private let isNaming: ([UInt8]) -> Bool
    private let labels: Set<String>
    private var files: [Key: Set<String>] = [:]
    /// Whether there are more than ``most``.
    private(set) var hasMore = false

    /// Bounds memory and the list that a person reads.
    private static let most = 100

    /// Prepares to note texts.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - labels: The names of labels and dimensions whose values can be forgotten.
    init(_ user: ForgottenUser, labels: Set<String>) { (isNaming, self.labels) = (user.mentioning(), labels) }

    /// Notes a text that stays, if it names the user.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - place: What it is.
    ///   - file: The file that has it.
    mutating func note(_ text: String, as place: String, in file: String) {
        guard isNamed(in: Array(text.utf8)) else { return }
        let key = Key(place: place, text: text)
        guard files[key] != nil || files.count < Self.most else { return hasMore = true }
        files[key, default: []].insert(file)
    }

    /// The mentions in the order of their places and texts.
    var sorted: [RemainingMention] {
        files.map { key, files in
            RemainingMention(place: key.place, text: key.text, isOfLabel: labels.contains(key.place), files: files)
        }.sorted { ($0.place, $0.text) < ($1.place, $1.text) }
    }

    /// Whether a text names the user.
    func isNamed(in text: [UInt8]) -> Bool { isNaming(text) }
}
