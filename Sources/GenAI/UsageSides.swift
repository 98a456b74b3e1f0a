// SPDX-License-Identifier: Apache-2.0

/// Where a part of a count was taken to lie, inside its whole or beside it, and what the span itself proves about that.
///
/// Cached tokens may lie inside the input or beside it, and reasoning inside the output or beside it. The names of the
/// counts often leave that open, and libraries changed sides between versions.
package struct PartSide: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Neither a name nor a scope nor the span itself settles where the part lies: evidence may move it.
    package static let isMovable = PartSide(rawValue: 1)
    /// The part lies beside, since it is larger than its whole; of reasoning only where the provider counts so.
    package static let besideByExcess = PartSide(rawValue: 2)
    /// The part lies beside, since only so does the total add up.
    package static let besideByTotal = PartSide(rawValue: 4)
    /// The part lies inside, since only so does the total add up.
    package static let insideByTotal = PartSide(rawValue: 8)
    /// The part lies beside although the total is the plain sum of input and output.
    ///
    /// The sender adds the total up itself, so that its totals do not show where parts lie. Noted only where the provider counts
    /// that way; elsewhere such a span may be a miscount.
    package static let totalIsPlainSum = PartSide(rawValue: 16)
    /// The part may lie inside its whole and is counted beside it.
    package static let isMoved = PartSide(rawValue: 32)
    /// Other spans of the sender prove the opposite of each other, so the part stays where it was.
    package static let isContradicted = PartSide(rawValue: 64)

    /// The part lies beside since the provider counts so, and neither the key nor the span says otherwise.
    package static let besideByDefinition = PartSide(rawValue: 128)

    static let provesBeside: PartSide = [.besideByExcess, .besideByTotal]
}

/// Where a span's cached tokens and its reasoning lie, as far as the span tells.
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

    /// Whether the span proves that a part lies beside its whole.
    package var provesBeside: Bool { !cache.union(reasoning).isDisjoint(with: PartSide.provesBeside) }

    /// Whether the span proves something that is not assumed of spans that prove nothing.
    package var mayPlace: Bool { provesBeside || reasoning.isSuperset(of: [.insideByTotal, .besideByDefinition]) }

    /// Whether the span's total shows that a part lies inside its whole.
    package var provesInside: Bool { cache.union(reasoning).contains(.insideByTotal) }

    /// Whether the span shows anything of where parts lie.
    package var provesAnything: Bool { provesBeside || provesInside }

    /// Whether a part was moved by what other spans prove.
    package var areMovedByEvidence: Bool {
        cache.contains(.isMoved) || (reasoning.contains(.isMoved) && !reasoning.contains(.besideByDefinition))
    }

    /// Whether evidence may move a part.
    package var isMovable: Bool { cache.union(reasoning).contains(.isMovable) }

    /// The parts that are counted beside their whole and may lie inside: 1 for cached tokens, 2 for reasoning.
    package var moved: UInt8 { (cache.contains(.isMoved) ? 1 : 0) | (reasoning.contains(.isMoved) ? 2 : 0) }
}

extension CallUsage {
    /// Tokens read from the cache and written to it.
    package var cached: Int64 {
        self[.cacheRead] + self[.cacheReadAudio] + self[.cacheReadImage] + self[.cacheWrite] + self[.cacheWrite1h]
    }
}

extension ModelCall {
    /// Counts the cached tokens beside the input, or inside it again.
    ///
    /// - Parameter isBeside: Where they are to lie; only those that ``PartSide/isMovable`` may be moved.
    package mutating func countCache(beside isBeside: Bool) {
        guard isBeside != sides.cache.contains(.isMoved) else { return }
        let cached = usage.cached
        usage[.input] = max(0, usage[.input] + (isBeside ? cached : -cached))
        sides.cache.formSymmetricDifference(.isMoved)
    }

    /// Counts the reasoning beside the output, or inside it again.
    ///
    /// - Parameter isBeside: Where it is to lie; only reasoning that ``PartSide/isMovable`` may be moved.
    package mutating func countReasoning(beside isBeside: Bool) {
        guard isBeside != sides.reasoning.contains(.isMoved) else { return }
        usage[.output] = max(0, usage[.output] + (isBeside ? usage[.reasoning] : -usage[.reasoning]))
        sides.reasoning.formSymmetricDifference(.isMoved)
    }
}
