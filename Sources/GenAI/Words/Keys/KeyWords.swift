// SPDX-License-Identifier: Apache-2.0

/// The words of a key, or of a part of it, as a set: their order, their case and what separates them mean nothing.
///
/// Words of one meaning are one member. ``foreign`` stands for every word that has no meaning here.
package struct KeyWords: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    // The side of a count.

    /// `input`, `prompt`.
    static let input = KeyWords(1 << 0)
    /// `output`, `response`.
    static let output = KeyWords(1 << 1)
    /// `completion`.
    static let completion = KeyWords(1 << 2)
    /// `candidates`: Gemini's output, which leaves thoughts out.
    static let candidates = KeyWords(1 << 3)

    // The cache.

    /// `cache`, `cached`.
    static let cache = KeyWords(1 << 4)
    /// `read`, `hit`.
    static let read = KeyWords(1 << 5)
    /// `write`, `written`, `creation`, `created`.
    static let write = KeyWords(1 << 6)
    /// `miss`, `uncached`, `fresh`: input that was not in the cache.
    static let uncached = KeyWords(1 << 7)
    /// `no`, `non`, `not` before `cache`.
    static let not = KeyWords(1 << 8)
    /// `5m`: a cache entry's lifetime.
    static let fiveMinutes = KeyWords(1 << 9)
    /// `1h`: a cache entry's lifetime.
    static let oneHour = KeyWords(1 << 10)
    /// `ephemeral`: Anthropic's type of a cache entry.
    static let ephemeral = KeyWords(1 << 11)

    // Parts.

    /// `reasoning`, `thinking`, `thoughts`.
    static let reasoning = KeyWords(1 << 12)
    static let text = KeyWords(1 << 13)
    static let audio = KeyWords(1 << 14)
    static let image = KeyWords(1 << 15)
    static let video = KeyWords(1 << 16)
    /// `prediction`: tokens of OpenAI's predicted outputs.
    static let prediction = KeyWords(1 << 17)
    /// `accepted`, `rejected`: what became of a prediction.
    static let judged = KeyWords(1 << 18)
    static let total = KeyWords(1 << 19)
    static let tool = KeyWords(1 << 20)
    static let use = KeyWords(1 << 21)
    static let content = KeyWords(1 << 22)

    // Words that add nothing.

    /// `token`, `tokens`.
    static let token = KeyWords(1 << 23)
    /// `count`, `detail`, `details`.
    static let filler = KeyWords(1 << 24)

    // Where usage lies.

    static let usage = KeyWords(1 << 25)
    static let metadata = KeyWords(1 << 26)
    static let raw = KeyWords(1 << 27)
    static let result = KeyWords(1 << 28)
    /// `object`, `data`: add nothing to ``usage``.
    static let object = KeyWords(1 << 29)
    /// `request`: what was asked for.
    static let request = KeyWords(1 << 30)
    /// Words of conversation (`message`, `argument`, `document` and their like) and of other trades (`user`, `db`, `vehicle`).
    ///
    /// What is under the first quotes somebody; the usage and models of the others are no language model's.
    static let quoted = KeyWords(1 << 31)
    /// Words of sums and limits: `session`, `max`, `remaining`, `per` and their like.
    ///
    /// What lies under them is no call's.
    static let sum = KeyWords(1 << 32)

    // Who was asked.

    static let model = KeyWords(1 << 33)
    /// `name`, `id`.
    static let name = KeyWords(1 << 34)
    /// `provider`, `vendor`.
    static let provider = KeyWords(1 << 35)
    /// `ai`, `llm`, `genai`.
    static let ai = KeyWords(1 << 41)

    /// `chat`.
    static let chat = KeyWords(1 << 42)
    /// `embedding`, `embeddings`.
    static let embedding = KeyWords(1 << 43)

    // Money.

    static let cost = KeyWords(1 << 36)
    /// `usd`, `dollar`, `dollars`.
    static let dollars = KeyWords(1 << 37)
    /// `ticks`: xAI's unit.
    static let ticks = KeyWords(1 << 38)
    /// `micros`: millionths.
    static let micros = KeyWords(1 << 39)
    /// `nano`, `nanos`: billionths.
    static let nanos = KeyWords(1 << 44)
    /// `amount`, `in`: add nothing to ``cost``.
    static let moneyFiller = KeyWords(1 << 40)

    /// `metrics`: figures of a call; those whose names have a word for tokens are usage.
    static let metrics = KeyWords(1 << 45)

    // What a span is.

    /// `span`, `observation`.
    static let span = KeyWords(1 << 50)
    /// `type`, `kind`.
    static let type = KeyWords(1 << 51)

    /// Any word without a meaning here.
    static let foreign = KeyWords(1 << 63)

    private init(_ bits: UInt64) { rawValue = bits }

    /// Whether it has one of some words.
    @inline(__always)
    func has(_ words: KeyWords) -> Bool { !isDisjoint(with: words) }
}

extension KeyWords {
    /// Every word with a meaning.
    static let vocabulary: WordTree = {
        var vocabulary = WordTree()
        for (words, meaning) in spellings {
            for word in words.split(separator: " ") { vocabulary.add(word.utf8, meaning) }
        }
        return vocabulary
    }()

    /// The longest word, in letters.
    static let longestWord = 16

    /// A word with one more letter behind it.
    @inline(__always)
    static func pack(_ letters: UInt128, _ next: UInt8) -> UInt128 { letters << 8 | UInt128(next) }

    private static let spellings: [(words: String, meaning: KeyWords)] = [
        ("input prompt", .input),
        ("output response", .output),
        ("completion", .completion),
        ("candidates", .candidates),
        ("cache cached", .cache),
        ("read hit", .read),
        ("write written creation created", .write),
        ("miss uncached fresh", .uncached),
        ("no non not", .not),
        ("5m", .fiveMinutes),
        ("1h", .oneHour),
        ("ephemeral", .ephemeral),
        ("reasoning thinking thoughts", .reasoning),
        ("text", .text),
        ("audio", .audio),
        ("image", .image),
        ("video", .video),
        ("prediction", .prediction),
        ("accepted rejected", .judged),
        ("total", .total),
        ("tool", .tool),
        ("use", .use),
        ("content", .content),
        ("token tokens", .token),
        ("count detail details", .filler),
        ("usage", .usage),
        ("metadata", .metadata),
        ("raw", .raw),
        ("metrics", .metrics),
        ("result", .result),
        ("object data", .object),
        ("request", .request),
        (
            "message messages argument arguments args document documents prompts inputs contents tools function functions "
                + "query queries instruction instructions parameter parameters params variables example examples",
            .quoted
        ),
        (
            "user users org organization organisation account customer chunk chunks retrieval file files db sql orm http mcp "
                + "messaging kafka queue disk cpu gpu k8s memory plan vehicle device car product fuel",
            .quoted
        ),
        (
            "session conversation thread turn sum sums totals cumulative accumulated aggregate aggregated overall running "
                + "history previous prev budget limit limits max maximum min minimum remaining quota available allowed rate per "
                + "estimated estimate window avg average mean daily monthly hourly minute hour day month saved", .sum
        ),
        ("model", .model),
        ("span observation", .span),
        ("type kind", .type),
        ("name id", .name),
        ("provider vendor", .provider),
        ("ai llm genai", .ai),
        ("chat", .chat),
        ("embedding embeddings", .embedding),
        ("cost costs", .cost),
        ("usd dollar dollars", .dollars),
        ("ticks", .ticks),
        ("micro micros", .micros),
        ("nano nanos", .nanos),
        ("amount in", .moneyFiller),
    ]
}
