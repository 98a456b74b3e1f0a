// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// The rates that a price book states, by token class; `nil` for a class without a stated rate.
package struct RateSheet: Sendable {
    /// Units of 1e-15 dollars per token; below zero where there is no rate.
    private var values = InlineArray<15, Int64>(repeating: -1)

    /// A sheet without any rate.
    package init() {}

    /// The stated rate of a class, or `nil`; a stated zero is a price.
    package subscript(tokenClass: TokenClass) -> Rate? {
        get {
            let value = values[Int(tokenClass.rawValue)]
            return value < 0 ? nil : Rate(femtodollarsPerToken: value)
        }
        set { values[Int(tokenClass.rawValue)] = newValue?.femtodollarsPerToken ?? -1 }
    }

    /// This sheet, with its rates replaced by those that another sheet has.
    package func overlaid(with other: RateSheet) -> RateSheet {
        var result = self
        for index in 0..<15 where other.values[index] >= 0 { result.values[index] = other.values[index] }
        return result
    }

    /// The rate at which a class is billed: its own, or that of the class that it falls back to.
    ///
    /// - Returns: The rate, and whether it is an estimate because it is that of another modality; `nil` if neither the class
    ///   nor any fallback has a rate.
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
    /// The class whose rate is used if this class has none.
    fileprivate var fallback: TokenClass? {
        switch self {
        case .input, .output: nil
        case .cacheWrite1h, .cacheWrite12h: .cacheWrite
        case .cacheReadAudio, .cacheReadImage: .cacheRead
        case .cacheRead, .cacheWrite, .inputAudio, .inputImage, .inputVideo: .input
        case .reasoning, .outputAudio, .outputImage, .outputVideo: .output
        }
    }

    /// Whether the tokens are not text, so that a text rate is an estimate for them.
    fileprivate var isOfOtherModality: Bool {
        switch self {
        case .inputAudio, .outputAudio, .cacheReadAudio, .inputImage, .outputImage, .cacheReadImage, .inputVideo,
            .outputVideo:
            true
        default: false
        }
    }
}
