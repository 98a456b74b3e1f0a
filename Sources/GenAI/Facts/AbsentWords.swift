// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Placeholders that senders write instead of a value: `unknown`, `None`, `<undefined>`, `n/a`, `-`.
///
/// A model, provider, host, tier, inference geography, operation or response id of such words is absent, so that the next
/// attribute that states the fact counts.
enum AbsentWords {
    /// Whether a text is a placeholder.
    ///
    /// A text is one if it has no letter and no digit, or if its words, without those for the field (`model` in
    /// `unknown_model`), are one of ``phrases``.
    static func hold(_ text: String) -> Bool {
        guard text.utf8.count <= longest else { return false }
        var words: [Substring] = []
        var others = false
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            if subjects.contains(word) { others = true } else { words.append(word) }
        }
        guard !words.isEmpty else { return !others }
        // `no` alone is the country code of Norway.
        if words == ["no"] { return others }
        return phrases.contains(words.joined(separator: " "))
    }

    /// The same for a text of the body.
    @inline(never)
    static func hold(_ range: ByteRange, in body: Span<UInt8>) -> Bool {
        guard Int(range.length) <= longest else { return false }
        // Names of models and ids of answers have digits, nearly all of them.
        for index in range.indices where body[index] >= 0x30 && body[index] <= 0x39 { return false }
        return hold(range.text(in: body))
    }

    /// The longest text that is looked at, in bytes.
    private static var longest: Int { 32 }

    /// Words for a missing value, in lower case.
    private static let phrases: Set<String> = [
        "absent", "empty", "missing", "n a", "nan", "nil", "no value", "none", "nonetype", "not applicable",
        "not available", "not given", "not known", "not provided", "not set", "not specified", "null",
        "undefined", "unknown", "unset", "unspecified",
    ]

    /// Names of fields, which may precede or follow such a word.
    private static let subjects: Set<Substring> = [
        "ai", "id", "llm", "model", "name", "operation", "provider", "request", "response", "system", "tier", "vendor",
    ]
}
