// SPDX-License-Identifier: Apache-2.0
import Notation

/// Why a document was not accepted.
package enum DocumentError: Error, Equatable {
    /// The text is neither YAML nor JSON.
    case syntax(DocumentPosition, problem: String)
    /// The text has no value.
    case empty(file: String)
    /// One mapping has a key twice; the position is one of the two.
    case duplicateKey(DocumentPosition, key: String)
    /// The mapping has a key that the format does not have, mostly a misspelt one.
    case unknownKey(DocumentPosition, key: String, known: [String])
    /// A mandatory key is missing.
    case missingKey(DocumentPosition, key: String, parent: String)
    /// A value is not acceptable; `wanted` follows "must" in the message, and `found` follows "not".
    case unexpected(DocumentPosition, key: String, wanted: String, found: String?)
    /// The document has too many nodes, aliases counted as often as they are used.
    case tooManyNodes(file: String, limit: Int)
    /// Mappings and lists are nested too deeply.
    case tooDeep(DocumentPosition, limit: Int)
}

extension DocumentError: CustomStringConvertible {
    /// One sentence: where, what is wrong, and what to do.
    package var description: String {
        switch self {
        case .syntax(let position, let problem):
            return "\(position): not valid YAML or JSON at column \(position.column): \(problem)"
        case .empty(let file):
            return "\(file): the document is empty; it must have a mapping"
        case .duplicateKey(let position, let key):
            return "\(position): '\(key)' occurs twice in one mapping; remove one of them"
        case .unknownKey(let position, let key, let known):
            if let nearest = nearest(to: key, among: known) {
                return "\(position): unknown key '\(key)'; did you mean '\(nearest)'?"
            }
            return "\(position): unknown key '\(key)'; the keys here are \(known.joined(separator: ", "))"
        case .missingKey(let position, let key, let parent):
            return "\(position): \(parent.isEmpty ? "the document" : "'\(parent)'") has no '\(key)'; add it"
        case .unexpected(let position, let key, let wanted, let found):
            let subject = key.isEmpty ? "the document" : "'\(key)'"
            // The value precedes the reason and the remedy.
            let end = [", since ", "; "].compactMap { wanted.firstRange(of: $0)?.lowerBound }.min() ?? wanted.endIndex
            return "\(position): \(subject) must \(wanted[..<end])" + (found.map { ", not \($0)" } ?? "")
                + wanted[end...]
        case .tooManyNodes(let file, let limit):
            return
                "\(file): more than \(limit) values, each use of an alias counted; use fewer aliases or split the file"
        case .tooDeep(let position, let limit):
            return "\(position): nested more deeply than \(limit) levels; flatten it"
        }
    }
}

/// The known key that differs least from a wrong one, or `nil` when none is near enough to be meant.
private func nearest(to key: String, among known: [String]) -> String? {
    EditDistance.nearest(to: key, among: known, atMost: max(2, key.utf8.count / 3))
}
