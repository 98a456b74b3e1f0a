// SPDX-License-Identifier: Apache-2.0
import Foundation
import GenAI
import Glibc

/// The user whom a folder forgets: texts, and the labels and dimensions of which they may be values.
///
/// Only a whole value is forgotten, and only as that of a user: the name of a model or of a team stays, even if it is the same.
package struct ForgottenUser: Sendable {
    /// The texts to forget: the value as senders wrote it, or its hash if the ledger keeps hashes of users.
    package var texts: Set<String>
    /// The names of labels and dimensions whose values are users.
    package var labels: Set<String>

    /// The spellings of ``texts`` in bytes: Unicode has composed and decomposed letters, which are equal as texts.
    var spellings: [String] {
        var spellings: [[UInt8]: String] = [:]
        for text in texts {
            for form in [text, text.precomposedStringWithCanonicalMapping, text.decomposedStringWithCanonicalMapping] {
                spellings[Array(form.utf8)] = form
            }
        }
        return spellings.values.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Describes a user.
    ///
    /// - Parameters:
    ///   - texts: The forms of the value.
    ///   - labels: The names of labels and dimensions whose values are users.
    package init(texts: Set<String>, labels: Set<String>) { (self.texts, self.labels) = (texts, labels) }

    /// The attributes by which senders name users.
    package static let attributeKeys: Set<String> = [
        "user.id", "enduser.id", "langfuse.user.id", "llm.user", "user.email", "user.name", "enduser.name", "user_id",
        "gen_ai.user.id", "ai.telemetry.metadata.userId", "openinference.user.id",
        "traceloop.association.properties.user_id",
    ]

    /// The names of labels and dimensions that are taken for users in addition to those that read such an attribute.
    package static let usualLabels: Set<String> = ["user", "user_id", "userid", "enduser", "end_user", "username"]

    /// The form in which a folder has a user while `ledger.users` is `hash`.
    ///
    /// - Parameters:
    ///   - user: The user, as senders write it.
    ///   - path: The folder.
    /// - Returns: The hash; `nil` if the folder has no key, and so no hash.
    /// - Throws: ``JournalError`` if the key cannot be read.
    package static func hash(of user: String, in path: String) throws(JournalError) -> String? {
        do throws(StorageError) {
            guard let key = try DiskFolder(existing: path).read(LedgerFolder.userKeyName), key.count == 16 else {
                return nil
            }
            return String(decoding: KeyedTextHash(key: key).text(of: Array(user.utf8).span), as: UTF8.self)
        } catch {
            throw .storage(error)
        }
    }

    /// Whether a label or dimension has users as its values; a label of a view has a word in front of its name.
    func isUser(_ label: String) -> Bool {
        labels.contains(label.hasPrefix("view ") ? String(label.dropFirst(5)) : label)
    }

    /// Whether some bytes have one of the texts anywhere.
    func isAnywhere(in bytes: [UInt8]) -> Bool {
        spellings.contains { ByteSearch.count(of: Array($0.utf8), in: bytes) > 0 }
    }
}

/// Finds bytes in bytes.
enum ByteSearch {
    /// How often some bytes occur.
    ///
    /// - Parameters:
    ///   - wanted: What to look for; nothing occurs 0 times.
    ///   - bytes: Where.
    /// - Returns: The number of places, which do not overlap.
    static func count(of wanted: [UInt8], in bytes: [UInt8]) -> Int {
        guard let first = wanted.first, bytes.count >= wanted.count else { return 0 }
        // Sound: both arrays are only read, within the closures that lend them; each place is at least `wanted.count` bytes before
        // the end.
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe wanted.withUnsafeBytes { wanted in
                guard let start = bytes.baseAddress, let text = wanted.baseAddress else { return 0 }
                var (offset, count) = (0, 0)
                while offset + wanted.count <= bytes.count,
                    let place = unsafe memchr(start + offset, Int32(first), bytes.count - wanted.count - offset + 1)
                {
                    let isFound = unsafe memcmp(place, text, wanted.count) == 0
                    if isFound { count += 1 }
                    offset = unsafe UnsafeRawPointer(place) - start + (isFound ? wanted.count : 1)
                }
                return count
            }
        }
    }
}
