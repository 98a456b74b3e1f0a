// SPDX-License-Identifier: Apache-2.0

/// The class in which a token is billed; classes are disjoint and together hold every token of a call.
///
/// A class is the one that was *reported*: cached tokens are never also `input`, reasoning tokens never also `output`,
/// whether or not a price has a rate of its own for them.
package enum TokenClass: UInt8, CaseIterable, Sendable {
    case input, output
    case cacheRead, cacheWrite, cacheWrite1h, cacheWrite12h
    case reasoning
    case inputAudio, outputAudio, cacheReadAudio
    case inputImage, outputImage, cacheReadImage
    case inputVideo, outputVideo

    /// The class's name as value of the `token_type` label and as rate key of a price book.
    package var name: String {
        switch self {
        case .input: "input"
        case .output: "output"
        case .cacheRead: "cache_read"
        case .cacheWrite: "cache_write"
        case .cacheWrite1h: "cache_write_1h"
        case .cacheWrite12h: "cache_write_12h"
        case .reasoning: "reasoning"
        case .inputAudio: "input_audio"
        case .outputAudio: "output_audio"
        case .cacheReadAudio: "cache_read_audio"
        case .inputImage: "input_image"
        case .outputImage: "output_image"
        case .cacheReadImage: "cache_read_image"
        case .inputVideo: "input_video"
        case .outputVideo: "output_video"
        }
    }

    /// Whether the class is part of what was sent to the model; the others are part of its answer.
    package var isInputSide: Bool {
        switch self {
        case .output, .reasoning, .outputAudio, .outputImage, .outputVideo: false
        default: true
        }
    }
}

/// Tokens of one model call, by class; every token is in exactly one class.
package struct TokenUsage: Sendable {
    private var counts = InlineArray<15, Int64>(repeating: 0)

    /// No tokens at all.
    package init() {}

    /// The tokens of one class; never negative.
    package subscript(tokenClass: TokenClass) -> Int64 {
        get { counts[Int(tokenClass.rawValue)] }
        set { counts[Int(tokenClass.rawValue)] = newValue }
    }

    /// All tokens sent to the model: plain, cached and of every modality. Long-context prices are decided by it.
    package var totalInput: Int64 {
        var total: Int64 = 0
        for tokenClass in TokenClass.allCases where tokenClass.isInputSide { total += self[tokenClass] }
        return total
    }

    /// All tokens of the answer, reasoning and every modality included.
    package var totalOutput: Int64 {
        var total: Int64 = 0
        for tokenClass in TokenClass.allCases where !tokenClass.isInputSide { total += self[tokenClass] }
        return total
    }
}

extension TokenUsage: Equatable {
    package static func == (left: TokenUsage, right: TokenUsage) -> Bool {
        TokenClass.allCases.allSatisfy { left[$0] == right[$0] }
    }
}
