// SPDX-License-Identifier: Apache-2.0

/// A name with wildcards: `*` matches any text, `?` one byte, and anything else itself.
struct NameGlob: Sendable, Equatable {
    private let pattern: [UInt8]

    /// Reads a pattern, whose case does not matter.
    init(_ text: String) { pattern = Array(text.lowercased().utf8) }

    /// The number of characters that are not wildcards.
    var literalLength: Int { pattern.count { $0 != Self.star && $0 != Self.one } }

    /// The longest part without wildcards.
    var requiredText: [UInt8] {
        pattern.split { $0 == Self.star || $0 == Self.one }.max { $0.count < $1.count }.map(Array.init) ?? []
    }

    /// Whether it matches a whole name in lower case.
    ///
    /// - Complexity: O(bytes of the name × bytes of the pattern): only the latest star is tried again.
    func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        var (patternIndex, position) = (0, 0)
        var retry: (patternIndex: Int, position: Int)?
        while position < name.count {
            if patternIndex < pattern.count, pattern[patternIndex] == Self.star {
                retry = (patternIndex, position)
                patternIndex += 1
            } else if patternIndex < pattern.count,
                pattern[patternIndex] == Self.one || pattern[patternIndex] == name[position]
            {
                patternIndex += 1
                position += 1
            } else if let last = retry {
                patternIndex = last.patternIndex + 1
                position = last.position + 1
                retry = (last.patternIndex, position)
            } else {
                return false
            }
        }
        return pattern[patternIndex...].allSatisfy { $0 == Self.star }
    }

    private static let star = UInt8(ascii: "*")
    private static let one = UInt8(ascii: "?")
}
