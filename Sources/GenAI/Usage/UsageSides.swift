// SPDX-License-Identifier: Apache-2.0

/// Whether a whole includes its part (the part is *inside* it) or excludes it (*beside* it), and what the span proves about that.
///
/// An input may include cached tokens or exclude them, and an output reasoning. The names of the counts often leave that open,
/// and libraries changed it between versions.
package struct PartSide: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Neither a name nor a scope nor the span itself settles it: evidence may move the part.
    package static let isMovable = PartSide(rawValue: 1)
    /// Excluded: the part is larger than its whole; noted of reasoning only where the provider counts so.
    package static let besideByExcess = PartSide(rawValue: 2)
    /// Excluded: only so does the total add up.
    package static let besideByTotal = PartSide(rawValue: 4)
    /// Included: only so does the total add up.
    package static let insideByTotal = PartSide(rawValue: 8)
    /// Excluded, although the total is the plain sum of input and output.
    ///
    /// The sender adds the total up itself, so that its totals prove nothing about parts. Noted only where the provider counts
    /// that way; elsewhere such a span may be a miscount.
    package static let totalIsPlainSum = PartSide(rawValue: 16)
    /// The whole may include the part, and the call is counted as if it excluded it.
    package static let isMoved = PartSide(rawValue: 32)
    /// Other spans of the sender prove the opposite of each other, so the part stays where it was.
    package static let isContradicted = PartSide(rawValue: 64)

    /// Excluded: the provider counts so, and neither the key nor the span says otherwise.
    package static let besideByDefinition = PartSide(rawValue: 128)

    static let provesBeside: PartSide = [.besideByExcess, .besideByTotal]
}

/// What one span proves about its cached tokens and its reasoning.
///
/// Empty for a span without such parts, or whose counts say by name what they hold.
package struct UsageSides: Sendable {
    package var cache: PartSide = []
    package var reasoning: PartSide = []
    /// How the provider of the call counts.
    package var counting: ProviderCounting = []

    package init() {}

    /// Whether nothing was left open and nothing proved.
    @inline(__always)
    package var isEmpty: Bool { cache.rawValue | reasoning.rawValue == 0 }

    /// Whether the span proves that a whole excludes its part.
    package var provesBeside: Bool { !cache.union(reasoning).isDisjoint(with: PartSide.provesBeside) }

    /// Whether the span proves something that is not assumed of spans that prove nothing.
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
