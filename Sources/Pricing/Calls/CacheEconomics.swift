// SPDX-License-Identifier: Apache-2.0
package import GenAI

extension RateCard {
    /// The savings of cached reads: the cost of the same tokens as uncached input, minus their cost.
    ///
    /// Cached audio and images are compared with uncached audio and images.
    ///
    /// - Parameter usage: The tokens of a call, or of many calls of this card added up.
    /// - Returns: The exact amount; below zero if cached reads cost more than uncached input, zero if the price of uncached
    ///   input is unknown.
    package func cacheSavings(of usage: TokenUsage) -> Dollars {
        -difference(Self.reads, of: usage)
    }

    /// The premium of cache writes: their cost minus the cost of the same tokens as plain input.
    ///
    /// - Parameter usage: The tokens of a call, or of many calls of this card added up.
    /// - Returns: The exact amount; below zero if writes cost less, zero if the price of plain input is unknown.
    package func cacheWritePremium(of usage: TokenUsage) -> Dollars { difference(Self.writes, of: usage) }

    /// The savings and the premium of the cache, as amounts that counters can add.
    ///
    /// A class whose amount would be below zero counts as zero, on its own: counters do not go down, and so the sum does not
    /// depend on which calls were added up together.
    ///
    /// - Parameter usage: The tokens of a call, or of many calls of this card added up.
    /// - Returns: The savings of cached reads and the premium of cache writes; neither is below zero.
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
