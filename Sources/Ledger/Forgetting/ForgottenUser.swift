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
    /// The bytes of ``texts`` as they are, composed and decomposed.
    let forms: [[UInt8]]
    /// The bytes of decomposed ``texts``.
    private let decomposed: [[UInt8]]
    /// Whether Unicode has further spellings of ``texts``, whose bytes are none of ``forms``.
    private let hasOtherForms: Bool

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
        decomposed = texts.map { Array($0.decomposedStringWithCanonicalMapping.utf8) }
        let usual = texts.flatMap { [Array($0.utf8), Array($0.precomposedStringWithCanonicalMapping.utf8)] }
        forms = Set(usual + decomposed).sorted { $0.lexicographicallyPrecedes($1) }
        hasOtherForms = texts.contains(where: CanonicalSpellings.hasOthers)
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
    ///   `isCutShort` says that Unicode has more than ``mostSpellings`` of them.
    /// - Throws: ``JournalError`` if the key cannot be read.
    package static func hashes(
        of user: String, in path: String
    ) throws(JournalError) -> (texts: [String], isCutShort: Bool) {
        do throws(StorageError) {
            guard let key = try DiskFolder(existing: path).read(LedgerFolder.userKeyName), key.count == 16 else {
                return ([], false)
            }
            let hash = KeyedTextHash(key: key)
            let spellings = CanonicalSpellings(of: user, most: mostSpellings)
            let texts = spellings.all.map { String(decoding: hash.text(of: Array($0.utf8).span), as: UTF8.self) }
            return (texts, spellings.isCutShort)
        } catch {
            throw .storage(error)
        }
    }

    /// Whether a label or dimension has users as its values.
    func isUser(_ label: String) -> Bool { labels.contains(Self.plain(label)) }

    /// The name of a label, without the word that a label of a view has in front of it.
    static func plain(_ label: String) -> String { label.hasPrefix("view ") ? String(label.dropFirst(5)) : label }

    /// Whether a segment has to be read: it may have one of the texts.
    func mayBeAnywhere(in segment: [UInt8]) -> Bool {
        // To search for many forms, or to decompose a segment, would take longer than to read it.
        hasOtherForms || forms.count > Self.mostSearched || isAnywhere(in: segment)
    }

    /// Whether some bytes have one of the texts anywhere.
    func isAnywhere(in bytes: [UInt8]) -> Bool { isFound(in: bytes) { ByteSearch.count(of: $0, in: $1) > 0 } }

    /// Whether some bytes are one of the texts.
    func isWhole(_ text: [UInt8]) -> Bool { isFound(in: text) { $0 == $1 } }

    /// Whether a text names the user: it is the user, or has the user between characters that are no letters or digits.
    ///
    /// So `by ada, for all` names `ada`, and `adaptive` does not.
    ///
    /// - Parameters:
    ///   - text: The bytes of the text.
    ///   - isAfterOthers: Whether unknown bytes come before the text.
    ///   - isBeforeOthers: Whether unknown bytes follow it.
    /// - Returns: Whether it does.
    func isNamed(in text: [UInt8], isAfterOthers: Bool = false, isBeforeOthers: Bool = false) -> Bool {
        isFound(in: text) { form, text in
            // The quick search first.
            ByteSearch.count(of: form, in: text) > 0
                && ByteSearch.hasWord(form, in: text, isAfterOthers: isAfterOthers, isBeforeOthers: isBeforeOthers)
        }
    }

    /// The most bytes that a spelling of a text has.
    var longest: Int {
        // A character of at most four bytes decomposes into one byte or more.
        4 * (decomposed.map(\.count).max() ?? 0)
    }

    /// Looks for the texts, and if they have further spellings, for the decomposed texts in the decomposed bytes.
    private func isFound(in bytes: [UInt8], _ isFound: (_ form: [UInt8], _ bytes: [UInt8]) -> Bool) -> Bool {
        if forms.contains(where: { isFound($0, bytes) }) { return true }
        // No character of ASCII decomposes.
        guard hasOtherForms, bytes.contains(where: { $0 >= 0x80 }) else { return false }
        // Bytes that are no UTF-8 become a character that no name has.
        let plain = Array(String(decoding: bytes, as: UTF8.self).decomposedStringWithCanonicalMapping.utf8)
        return decomposed.contains { isFound($0, plain) }
    }

    /// The largest number of spellings of a user whose hashes are forgotten: few names have more than a hundred.
    package static let mostSpellings = 256
    private static let mostSearched = 16
}
