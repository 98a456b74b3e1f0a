// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing

extension RateCard {
    /// What the cache saved and cost, in 1e-15 dollars, as counters can count it.
    ///
    /// A class whose rate makes it the other way round counts as nothing, for itself: a counter does not go down, and the
    /// sum does not depend on which calls were added up together.
    ///
    /// - Parameter usage: The tokens of calls of this card, added up.
    /// - Returns: What cached reads saved against plain input, and what cache writes cost above it.
    func cacheEconomics(of usage: TokenUsage) -> (savings: Int128, premium: Int128) {
        var (savings, premium): (Int128, Int128) = (0, 0)
        for tokenClass in usage.classes where tokenClass.isCached {
            var part = TokenUsage()
            part[tokenClass] = usage[tokenClass]
            savings += max(0, cacheSavings(of: part).femtodollars)
            premium += max(0, cacheWritePremium(of: part).femtodollars)
        }
        return (savings, premium)
    }
}

extension TokenClass {
    /// Whether such tokens were read from the cache or written to it.
    fileprivate var isCached: Bool {
        switch self {
        case .cacheRead, .cacheReadAudio, .cacheReadImage, .cacheWrite, .cacheWrite1h, .cacheWrite12h: true
        case .input, .output, .reasoning, .inputAudio, .outputAudio, .inputImage, .outputImage, .inputVideo,
            .outputVideo:
            false
        }
    }
}
