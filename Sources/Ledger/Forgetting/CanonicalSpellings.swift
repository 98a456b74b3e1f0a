// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The texts that Unicode takes for the same as a text, though their bytes differ.
///
/// A letter with an accent is one character or two, and some letters are there twice: `Å` as U+00C5, as U+212B, and as `A` with
/// U+030A. Marks on different sides of a letter may come in either order.
///
/// - SeeAlso: Unicode Standard Annex #15, canonical equivalence.
struct CanonicalSpellings {
    /// The spellings: as given, composed, decomposed, and then the others.
    private(set) var all: [String] = []
    /// Whether there are more of them.
    private(set) var isCutShort = false

    private var known: Set<[UInt8]> = []
    private let most: Int
    /// By their first scalar, the characters that decompose into scalars of the text.
    private var composed: [Unicode.Scalar: [(scalar: Unicode.Scalar, parts: [Unicode.Scalar])]] = [:]

    /// Finds the spellings of a text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - most: The largest number of spellings.
    init(of text: String, most: Int) {
        self.most = most
        let decomposed = text.decomposedStringWithCanonicalMapping
        for usual in [text, text.precomposedStringWithCanonicalMapping, decomposed] { add(usual) }
        guard Self.hasOthers(text) else { return }
        let scalars = Array(decomposed.unicodeScalars)
        let own = Set(scalars)
        for range in Self.ranges {
            for scalar in range.lazy.compactMap(Unicode.Scalar.init) {
                let parts = Array(String(Character(scalar)).decomposedStringWithCanonicalMapping.unicodeScalars)
                guard parts != [scalar], own.isSuperset(of: parts) else { continue }
                composed[parts[0], default: []].append((scalar, parts))
            }
        }
        spell(scalars[...], after: String.UnicodeScalarView())
    }

    /// Whether a text has spellings beside itself; of ASCII, the characters `;`, `K` and the grave accent do.
    static func hasOthers(_ text: String) -> Bool {
        text.utf8.contains { $0 >= 0x80 || $0 == 0x3B || $0 == 0x4B || $0 == 0x60 }
    }

    /// Where Unicode has characters that decompose.
    private static let ranges: [ClosedRange<UInt32>] = [
        0xA0...0x33FF, 0xA000...0xD7FF, 0xE000...0x1_1FFF, 0x1_6000...0x1_6FFF, 0x1_D000...0x1_DFFF,
        0x2_F800...0x2_FAFF,
    ]

    private mutating func add(_ text: String) {
        guard known.insert(Array(text.utf8)).inserted else { return }
        if all.count < most { all.append(text) } else { isCutShort = true }
    }

    /// Goes on with each scalar that may come next.
    ///
    /// - Parameters:
    ///   - rest: The decomposed rest of the text.
    ///   - begin: What comes before it.
    private mutating func spell(_ rest: ArraySlice<Unicode.Scalar>, after begin: String.UnicodeScalarView) {
        guard !isCutShort else { return }
        guard !rest.isEmpty else { return add(String(begin)) }
        for index in rest.indices where Self.mayBegin(rest, index) {
            var left = rest
            let next = left.remove(at: index)
            spell(left, after: begin + [next])
            for (scalar, parts) in composed[next] ?? [] {
                if let left = Self.without(parts.dropFirst(), left) { spell(left, after: begin + [scalar]) }
            }
        }
    }

    /// Takes scalars from the beginning of a text; `nil` if they are not there.
    private static func without(
        _ parts: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>
    ) -> ArraySlice<Unicode.Scalar>? {
        var text = text
        for part in parts {
            guard let index = text.indices.first(where: { text[$0] == part && mayBegin(text, $0) }) else { return nil }
            text.remove(at: index)
        }
        return text
    }

    /// Whether a text may begin with its scalar at an index: marks may be swapped if they are of different classes.
    private static func mayBegin(_ text: ArraySlice<Unicode.Scalar>, _ index: Int) -> Bool {
        guard index > text.startIndex else { return true }
        let own = text[index].properties.canonicalCombiningClass
        return own != .notReordered
            && text[text.startIndex..<index].allSatisfy {
                let before = $0.properties.canonicalCombiningClass
                return before != .notReordered && before != own
            }
    }
}
