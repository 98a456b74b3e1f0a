// SPDX-License-Identifier: Apache-2.0
package import GenAI

extension RateCard {
    /// What cached reads saved: their cost had they been read anew, less what they cost.
    ///
    /// Cached audio and images are compared with uncached audio and images.
    ///
    /// - Parameter usage: The tokens of a call, or of many calls of this card added up.
    /// - Returns: The exact amount; below zero where reading from the cache costs more than reading anew, zero where
    ///   the price of reading anew is not known.
    package func cacheSavings(of usage: TokenUsage) -> Dollars {
        -difference(Self.reads, of: usage)
    }

    /// What cache writes cost above plain input.
    ///
    /// - Parameter usage: The tokens of a call, or of many calls of this card added up.
    /// - Returns: The exact amount; below zero where writing costs less, zero where the price of plain input is not known.
    package func cacheWritePremium(of usage: TokenUsage) -> Dollars { difference(Self.writes, of: usage) }

    /// The cost and the savings of the cache, as amounts that counters can add.
    ///
    /// A class whose rate makes it the other way round counts as nothing, for itself: a counter does not go down, and the
    /// sum does not depend on which calls were added up together.
    ///
    /// - Parameter usage: The tokens of a call, or of many calls of this card added up.
    /// - Returns: What cached reads saved against plain input, and what cache writes cost above it; neither is below zero.
    package func cacheEconomics(of usage: TokenUsage) -> (savings: Dollars, premium: Dollars) {
        (
            Self.reads.reduce(.zero) { $0 + max(.zero, -difference([$1], of: usage)) },
            Self.writes.reduce(.zero) { $0 + max(.zero, difference([$1], of: usage)) }
        )
    }

    private func difference(_ pairs: [(cached: TokenClass, plain: TokenClass)], of usage: TokenUsage) -> Dollars {
        var sum = Dollars.zero
        for (cached, plain) in pairs where usage[cached] != 0 {
            guard let cachedRate = rate(of: cached), let plainRate = rate(of: plain) else { continue }
            sum += cachedRate.cost(ofTokens: usage[cached]) + -plainRate.cost(ofTokens: usage[cached])
        }
        return sum
    }

    private static let reads: [(cached: TokenClass, plain: TokenClass)] = [
        (.cacheRead, .input), (.cacheReadAudio, .inputAudio), (.cacheReadImage, .inputImage),
    ]
    private static let writes: [(cached: TokenClass, plain: TokenClass)] = [
        (.cacheWrite, .input), (.cacheWrite1h, .input), (.cacheWrite12h, .input),
    ]
}
