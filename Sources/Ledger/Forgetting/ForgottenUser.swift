// SPDX-License-Identifier: Apache-2.0
import Foundation
import GenAI

/// The user whom a folder forgets: texts, and the labels and dimensions of which they may be values.
///
/// Only whole values are forgotten, and only those of ``labels``: a model with the same name stays.
package struct ForgottenUser: Sendable {
    /// The texts to forget: the value as senders wrote it, or its hash if the ledger keeps hashes of users.
    package let texts: Set<String>
    /// The names of labels and dimensions whose values are users.
    package let labels: Set<String>
    /// The spellings of ``texts``: Unicode has composed and decomposed letters, which are equal as texts.
    let spellings: [String]
    /// The bytes of ``spellings``.
    let forms: [[UInt8]]

    /// The name by which ``labels`` includes the names of traces.
    package static let traceName = "trace_name"

    /// Whether sessions with the name of the user are forgotten.
    var forgetsSessions: Bool { labels.contains(RowDimension.session) }
    /// Whether names of traces that are the user's are forgotten.
    var forgetsTraceNames: Bool { labels.contains(Self.traceName) }

    /// Describes a user.
    ///
    /// - Parameters:
    ///   - texts: The forms of the value.
    ///   - labels: The names of labels and dimensions whose values are users.
    package init(texts: Set<String>, labels: Set<String>) {
        (self.texts, self.labels) = (texts, labels)
        var spellings: [[UInt8]: String] = [:]
        for text in texts { for form in Self.spellings(of: text) { spellings[Array(form.utf8)] = form } }
        self.spellings = spellings.values.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        forms = self.spellings.map { Array($0.utf8) }
    }

    /// A text as it is, with composed letters, and with decomposed ones.
    private static func spellings(of text: String) -> [String] {
        [text, text.precomposedStringWithCanonicalMapping, text.decomposedStringWithCanonicalMapping]
    }

    /// The attributes by which senders name users.
    package static let attributeKeys: Set<String> = [
        "user.id", "enduser.id", "langfuse.user.id", "llm.user", "user.email", "user.name", "enduser.name", "user_id",
        "gen_ai.user.id", "ai.telemetry.metadata.userId", "openinference.user.id",
        "traceloop.association.properties.user_id",
    ]

    /// The names of labels and dimensions that are taken for users in addition to those that read such an attribute.
    package static let usualLabels: Set<String> = ["user", "user_id", "userid", "enduser", "end_user", "username"]

    /// The forms in which a folder has a user while `ledger.users` is `hash`.
    ///
    /// - Parameters:
    ///   - user: The user, as senders write it.
    ///   - path: The folder.
    /// - Returns: The hash of the text as it is, and those of its other spellings; empty if the folder has no key, and so no hash.
    /// - Throws: ``JournalError`` if the key cannot be read.
    package static func hashes(of user: String, in path: String) throws(JournalError) -> [String] {
        do throws(StorageError) {
            guard let key = try DiskFolder(existing: path).read(LedgerFolder.userKeyName), key.count == 16 else {
                return []
            }
            let hash = KeyedTextHash(key: key)
            return spellings(of: user).map { String(decoding: hash.text(of: Array($0.utf8).span), as: UTF8.self) }
        } catch {
            throw .storage(error)
        }
    }

    /// Whether a label or dimension has users as its values.
    func isUser(_ label: String) -> Bool { labels.contains(Self.plain(label)) }

    /// The name of a label, without the word that a label of a view has in front of it.
    static func plain(_ label: String) -> String { label.hasPrefix("view ") ? String(label.dropFirst(5)) : label }

    /// Whether some bytes have one of the texts anywhere.
    func isAnywhere(in bytes: [UInt8]) -> Bool {
        forms.contains { ByteSearch.count(of: $0, in: bytes) > 0 }
    }

    /// Whether a text names the user: it is the user, or has the user between characters that are no letters or digits.
    ///
    /// So `by ada, for all` names `ada`, and `adaptive` does not.
    ///
    /// - Parameter text: The bytes of the text.
    /// - Returns: Whether it does.
    func isNamed(in text: [UInt8]) -> Bool { forms.contains { ByteSearch.hasWord($0, in: text) } }
}
