// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// The rates that a price book states, by token class; a class without a rate of its own is empty here.
package struct RateSheet: Sendable {
    /// Units of 1e-15 dollars per token; below zero where there is no rate.
    private var values = InlineArray<15, Int64>(repeating: -1)

    /// A sheet without any rate.
    package init() {}

    /// The stated rate of a class, or `nil` where there is none; a stated zero is a real price.
    package subscript(tokenClass: TokenClass) -> Rate? {
        get {
            let value = values[Int(tokenClass.rawValue)]
            return value < 0 ? nil : Rate(femtodollarsPerToken: value)
        }
        set { values[Int(tokenClass.rawValue)] = newValue?.femtodollarsPerToken ?? -1 }
    }

    /// This sheet with the rates of another one put in the place of its own.
    package func overlaid(with other: RateSheet) -> RateSheet {
        var result = self
        for index in 0..<15 where other.values[index] >= 0 { result.values[index] = other.values[index] }
        return result
    }

    /// The rate at which a class is billed: its own, or that of the class which section "rate keys" falls back to.
    ///
    /// - Returns: The rate, and whether it is one of another modality and so only an estimate; `nil` when neither the
    ///   class nor any fallback has a rate.
    package func billed(_ tokenClass: TokenClass) -> (rate: Rate, isEstimate: Bool)? {
        var candidate: TokenClass? = tokenClass
        while let current = candidate {
            if let rate = self[current] { return (rate, current != tokenClass && tokenClass.isOfOtherModality) }
            candidate = current.fallback
        }
        return nil
    }
}

extension RateSheet: Equatable {
    package static func == (left: RateSheet, right: RateSheet) -> Bool {
        for index in 0..<15 where left.values[index] != right.values[index] { return false }
        return true
    }
}

extension TokenClass {
    /// The class whose rate stands in for an absent one.
    fileprivate var fallback: TokenClass? {
        switch self {
        case .input, .output: nil
        case .cacheWrite1h, .cacheWrite12h: .cacheWrite
        case .cacheReadAudio, .cacheReadImage: .cacheRead
        case .cacheRead, .cacheWrite, .inputAudio, .inputImage, .inputVideo: .input
        case .reasoning, .outputAudio, .outputImage, .outputVideo: .output
        }
    }

    /// Whether the tokens are something other than text, so that a text rate is only an estimate for them.
    fileprivate var isOfOtherModality: Bool {
        switch self {
        case .inputAudio, .outputAudio, .cacheReadAudio, .inputImage, .outputImage, .cacheReadImage, .inputVideo,
            .outputVideo:
            true
        default: false
        }
    }
}
