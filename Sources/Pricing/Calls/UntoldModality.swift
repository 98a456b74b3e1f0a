// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Decides when plain counts may include audio, images or video that the span does not state.
///
/// This concerns models that, by their name or kind, are made for something other than text, and whose price differs by modality.
/// Their plain counts are billed at the rate for text, which is then an estimate. Models that merely accept audio or images
/// mostly get text.
struct UntoldModality: Sendable {
    /// Bits of the classes whose tokens may be of another modality; 0 for most models.
    let plain: UInt16

    init(plain: UInt16) { self.plain = plain }

    /// Makes the decision for a price.
    ///
    /// - Parameters:
    ///   - modelID: The id of the model in the book.
    ///   - kind: The model's kind in the book, such as `audio_transcription`.
    ///   - rates: The rates of the price.
    init(modelID: String, kind: String?, rates: RateSheet) {
        let words = (modelID.lowercased() + " " + (kind ?? "")).split { !$0.isLetter }
        guard words.contains(where: Self.words.contains) else {
            plain = 0
            return
        }
        func differs(_ modal: [TokenClass], from text: TokenClass) -> Bool {
            modal.contains { rates[$0].map { $0 != rates.billed(text)?.rate } ?? false }
        }
        var plain: UInt16 = 0
        if differs([.inputAudio, .inputImage, .inputVideo], from: .input) { plain |= Self.bits([.input]) }
        if differs([.cacheReadAudio, .cacheReadImage], from: .cacheRead) { plain |= Self.bits([.cacheRead]) }
        if differs([.outputAudio, .outputImage, .outputVideo], from: .output) { plain |= Self.bits([.output]) }
        self.plain = plain
    }

    /// Whether the price depends on a modality that spans may not state.
    var isPossible: Bool { plain != 0 }

    /// Whether a usage may include tokens of another modality that are billed as text.
    ///
    /// - Parameters:
    ///   - usage: The tokens.
    ///   - isTold: Whether the span states the tokens of some modality, even if none.
    /// - Returns: Whether it may.
    func holds(for usage: TokenUsage, isTold: Bool) -> Bool {
        !isTold && usage.classBits & plain != 0 && usage.classBits & Self.modal == 0
    }

    private static let modal = bits([
        .inputAudio, .outputAudio, .cacheReadAudio, .inputImage, .outputImage, .cacheReadImage, .inputVideo,
        .outputVideo,
    ])

    private static func bits(_ classes: [TokenClass]) -> UInt16 { classes.reduce(0) { $0 | 1 << UInt16($1.rawValue) } }

    /// The words of names and kinds of models for something other than text.
    private static let words: Set<Substring> = [
        "asr", "audio", "image", "images", "live", "realtime", "speech", "stt", "transcribe", "transcription", "tts",
        "video", "voice", "whisper",
    ]
}
