// SPDX-License-Identifier: Apache-2.0

/// Whether a whole includes its part (*inside*) or excludes it (*beside*), and what the span proves about that.
///
/// An input may include or exclude cached tokens, and an output reasoning. The names of the counts often leave that open, and
/// libraries have changed it between versions.
package struct PartSide: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Neither a key nor the scope nor the span itself decides it, so evidence may move the part.
    package static let isMovable = PartSide(rawValue: 1)
    /// Excluded: the part is larger than its whole; for reasoning, only if the provider excludes it.
    package static let besideByExcess = PartSide(rawValue: 2)
    /// Excluded: the total adds up only then.
    package static let besideByTotal = PartSide(rawValue: 4)
    /// Included: the total adds up only then.
    package static let insideByTotal = PartSide(rawValue: 8)
    /// Excluded, although the total is the plain sum of input and output.
    ///
    /// The sender computes the total itself, so that its totals prove nothing about parts. Recorded only if the provider excludes
    /// the part; otherwise such a span may be a miscount.
    package static let totalIsPlainSum = PartSide(rawValue: 16)
    /// The whole may include the part, and the call is counted as if it excluded it.
    package static let isMoved = PartSide(rawValue: 32)
    /// Other spans of the sender contradict each other, so the part was not moved.
    package static let isContradicted = PartSide(rawValue: 64)

    /// Excluded: the provider excludes it, and neither the key nor the span says otherwise.
    package static let besideByDefinition = PartSide(rawValue: 128)

    static let provesBeside: PartSide = [.besideByExcess, .besideByTotal]
}

/// What one span proves about its cached tokens and its reasoning.
///
/// Empty for a span without such parts, or if the names of its counts say what they include.
package struct UsageSides: Sendable {
    package var cache: PartSide = []
    package var reasoning: PartSide = []
    /// How the provider of the call counts.
    package var counting: ProviderCounting = []

    package init() {}

    /// Whether nothing is open and nothing is proved.
    @inline(__always)
    package var isEmpty: Bool { cache.rawValue | reasoning.rawValue == 0 }

    /// Whether the span proves that a whole excludes its part.
    package var provesBeside: Bool { !cache.union(reasoning).isDisjoint(with: PartSide.provesBeside) }

    /// Whether the span proves something other than what is assumed without proof.
    package var mayPlace: Bool { provesBeside || reasoning.isSuperset(of: [.insideByTotal, .besideByDefinition]) }

    /// Whether the span's total shows that a whole includes its part.
    package var provesInside: Bool { cache.union(reasoning).contains(.insideByTotal) }

    /// Whether the span proves either.
    package var provesAnything: Bool { provesBeside || provesInside }

    /// Whether a part was moved by what other spans prove.
    package var areMovedByEvidence: Bool {
        cache.contains(.isMoved) || (reasoning.contains(.isMoved) && !reasoning.contains(.besideByDefinition))
    }

    /// Whether evidence may move a part.
    package var isMovable: Bool { cache.union(reasoning).contains(.isMovable) }

    /// The parts that were moved out of their whole: 1 for cached tokens, 2 for reasoning.
    package var moved: UInt8 { (cache.contains(.isMoved) ? 1 : 0) | (reasoning.contains(.isMoved) ? 2 : 0) }
}

extension CallUsage {
    /// Tokens read from the cache and written to it.
    package var cached: Int64 {
        self[.cacheRead] + self[.cacheReadAudio] + self[.cacheReadImage] + self[.cacheWrite] + self[.cacheWrite1h]
    }
}

extension ModelCall {
    /// Adds the cached tokens to the input, or takes them out again.
    ///
    /// - Parameter isBeside: Whether the reported input excludes them; only those that ``PartSide/isMovable`` may be moved.
    package mutating func countCache(beside isBeside: Bool) {
        guard isBeside != sides.cache.contains(.isMoved) else { return }
        let cached = usage.cached
        usage[.input] = max(0, usage[.input] + (isBeside ? cached : -cached))
        sides.cache.formSymmetricDifference(.isMoved)
    }

    /// Adds the reasoning to the output, or takes it out again.
    ///
    /// - Parameter isBeside: Whether the reported output excludes it; only reasoning that ``PartSide/isMovable`` may be moved.
    package mutating func countReasoning(beside isBeside: Bool) {
        guard isBeside != sides.reasoning.contains(.isMoved) else { return }
        usage[.output] = max(0, usage[.output] + (isBeside ? usage[.reasoning] : -usage[.reasoning]))
        sides.reasoning.formSymmetricDifference(.isMoved)
    }
}
