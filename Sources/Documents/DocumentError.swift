// SPDX-License-Identifier: Apache-2.0
import Notation

/// Why a document was not accepted.
package enum DocumentError: Error, Equatable {
    /// The text is neither YAML nor JSON.
    case syntax(DocumentPosition, problem: String)
    /// The text holds no value at all.
    case empty(file: String)
    /// One mapping has a key twice; the position is one of the two.
    case duplicateKey(DocumentPosition, key: String)
    /// A key that nobody reads, most often a slip of the pen.
    case unknownKey(DocumentPosition, key: String, known: [String])
    /// A key that has to be there is not.
    case missingKey(DocumentPosition, key: String, parent: String)
    /// A value is not what it has to be; `wanted` is read after "must", `found` after "not".
    case unexpected(DocumentPosition, key: String, wanted: String, found: String?)
    /// More nodes than allowed once aliases are put in.
    case tooManyNodes(file: String, limit: Int)
    /// Mappings and lists stand too deep inside one another.
    case tooDeep(DocumentPosition, limit: Int)
}

extension DocumentError: CustomStringConvertible {
    /// One sentence: where, what was wrong, and what to do.
    package var description: String {
        switch self {
        case .syntax(let position, let problem):
            return "\(position): not valid YAML or JSON at column \(position.column): \(problem)"
        case .empty(let file):
            return "\(file): the document is empty; it must hold a mapping"
        case .duplicateKey(let position, let key):
            return "\(position): '\(key)' is given twice in one mapping; keep one of them"
        case .unknownKey(let position, let key, let known):
            if let nearest = nearest(to: key, among: known) {
                return "\(position): unknown key '\(key)'; did you mean '\(nearest)'?"
            }
            return "\(position): unknown key '\(key)'; known here are \(known.joined(separator: ", "))"
        case .missingKey(let position, let key, let parent):
            return "\(position): \(parent.isEmpty ? "the document" : "'\(parent)'") lacks '\(key)'; add it"
        case .unexpected(let position, let key, let wanted, let found):
            let subject = key.isEmpty ? "the document" : "'\(key)'"
            return "\(position): \(subject) must \(wanted)" + (found.map { ", not \($0)" } ?? "")
        case .tooManyNodes(let file, let limit):
            return "\(file): more than \(limit) values with aliases put in; use fewer aliases or split the file"
        case .tooDeep(let position, let limit):
            return "\(position): nested deeper than \(limit) levels; flatten it"
        }
    }
}

/// The known key that differs least from a wrong one, or `nil` when none is near enough to be meant.
private func nearest(to key: String, among known: [String]) -> String? {
    EditDistance.nearest(to: key, among: known, atMost: max(2, key.utf8.count / 3))
}
