// SPDX-License-Identifier: Apache-2.0

/// A rule for model names that no book lists one by one.
package indirect enum NamePattern: Sendable, Equatable {
    case equals(String)
    case prefix(String)
    case suffix(String)
    case contains(String)
    case all([NamePattern])
    case any([NamePattern])
    /// A kind of rule that cannot be evaluated yet; it holds for no name.
    case unsupported

    /// How specific a match is: more literal characters before fewer, then prefix before suffix before contains.
    struct Strength: Comparable {
        let literalLength: Int
        let rank: Int

        static func < (left: Strength, right: Strength) -> Bool {
            (left.literalLength, left.rank) < (right.literalLength, right.rank)
        }
    }

    /// How well the rule fits a name, or `nil` when it does not.
    func strength(for name: String) -> Strength? {
        switch self {
        case .equals(let text): name == text ? Strength(literalLength: text.utf8.count, rank: 4) : nil
        case .prefix(let text): name.hasPrefix(text) ? Strength(literalLength: text.utf8.count, rank: 3) : nil
        case .suffix(let text): name.hasSuffix(text) ? Strength(literalLength: text.utf8.count, rank: 2) : nil
        case .contains(let text):
            contains(text, in: name) ? Strength(literalLength: text.utf8.count, rank: 1) : nil
        case .all(let rules):
            strengths(of: rules, for: name).flatMap { $0.count == rules.count ? $0.max() : nil }
        case .any(let rules):
            strengths(of: rules, for: name)?.max()
        case .unsupported: nil
        }
    }

    private func strengths(of rules: [NamePattern], for name: String) -> [Strength]? {
        let found = rules.compactMap { $0.strength(for: name) }
        return found.isEmpty ? nil : found
    }

    private func contains(_ part: String, in name: String) -> Bool {
        let part = Array(part.utf8)
        let name = Array(name.utf8)
        guard !part.isEmpty, part.count <= name.count else { return false }
        return (0...name.count - part.count).contains { name[$0..<$0 + part.count].elementsEqual(part) }
    }
}
