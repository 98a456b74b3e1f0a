// SPDX-License-Identifier: Apache-2.0
import Pricing
import TestData
import Testing

/// Names out of a generated dictionary, against the embedded book: what may be priced, and what must not.
@Suite struct NameDictionaryTests {
    private static let book = Result { try PriceBook.embedded() }

    // MARK: Providers

    private enum Kind: String, CaseIterable {
        case knownWords = "known words only"
        case platform = "a platform with a maker"
        case veto = "a word that vetoes"
        case stranger = "an unknown word"
        case twoMakers = "two makers"
    }

    private static let makers = [
        ("openai", "gpt-4o"), ("open ai", "gpt-4o"), ("anthropic", "claude-sonnet-4-5"),
        ("claude", "claude-sonnet-4-5"),
        ("google", "gemini-2.5-flash"), ("gemini", "gemini-2.5-flash"), ("x ai", "grok-4.5"), ("grok", "grok-4.5"),
        ("cohere", "command-r-plus"), ("deep seek", "deepseek-chat"), ("mistral ai", "mistral-large-latest"),
    ]
    /// Whose provider each maker is, by its place.
    private static let makerIDs = [
        "openai", "openai", "anthropic", "anthropic", "gcp.gemini", "gcp.gemini", "x_ai", "x_ai", "cohere", "deepseek",
        "mistral_ai",
    ]
    private static let fillers = [
        "ai", "api", "chat", "cloud", "service", "llm", "client", "sdk", "model", "inference",
    ]
    private static let vetoes = [
        "compatible", "like", "proxy", "local", "self", "custom", "mock", "vllm", "ollama",
    ]
    private static let strangers = ["acme", "zorg", "team", "router", "myco", "north", "blue", "prod", "gw", "eu"]

    /// Words in some order, case and with some separators; a path's part ends with a slash.
    private static func spelled(_ words: [String], using random: inout SeededGenerator) -> String {
        let separator = ["", "_", "-", ".", " ", "::"].randomElement(using: &random) ?? ""
        let style = Int.random(in: 0..<3, using: &random)
        let cased = words.flatMap { $0.split(separator: " ").map(String.init) }.map { word in
            switch style {
            case 0: word
            case 1: word.uppercased()
            default: word.prefix(1).uppercased() + word.dropFirst()
            }
        }
        return cased.joined(separator: separator)
    }

    @Test func `of a thousand spellings of providers, only those of known words are priced without a mark`() throws {
        let book = try Self.book.get()
        var random = SeededGenerator(seed: 1_128)
        var counts: [String: Int] = [:]
        for _ in 0..<1_000 {
            let kind = Kind.allCases.randomElement(using: &random) ?? .knownWords
            let place = Int.random(in: 0..<Self.makers.count, using: &random)
            let (maker, model) = Self.makers[place]
            var words = [maker] + Self.fillers.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))
            var expected: [String] = [Self.makerIDs[place]]
            var asked = model
            switch kind {
            case .knownWords: break
            case .platform:
                words.append(["bedrock", "amazon bedrock", "aws bedrock"].randomElement(using: &random) ?? "bedrock")
                asked = "anthropic.claude-sonnet-4-5-20250929-v1:0"
                expected = ["aws.bedrock"]
            case .veto: words.append(Self.vetoes.randomElement(using: &random) ?? "mock")
            case .stranger: words.append((Self.strangers.randomElement(using: &random) ?? "acme") + "q")
            case .twoMakers:
                let other = (place + 4) % Self.makers.count
                guard Self.makerIDs[other] != Self.makerIDs[place] else { continue }
                words.append(Self.makers[other].0)
            }
            words.shuffle(using: &random)
            var name = Self.spelled(words, using: &random)
            if Bool.random(using: &random) { name = "someteam/" + name }
            var question = TestBook.question(asked, provider: name)
            let answer = book.price(question)
            counts["\(kind.rawValue): \(answer.reasonText)", default: 0] += 1
            switch kind {
            case .knownWords, .platform:
                guard case .priced(let card, _) = answer.outcome else {
                    Issue.record("'\(name)' has no price: \(answer.text)")
                    continue
                }
                #expect(expected.contains(card.provider) && !answer.isEstimate, "'\(name)'")
            case .veto: #expect(answer.text == "unknown_provider", "'\(name)'")
            case .stranger, .twoMakers: #expect(answer.estimates == [.providerByModel], "'\(name)'")
            }
            // Nobody knows who serves open weights there.
            guard kind == .veto || kind == .stranger else { continue }
            for weights in ["gpt-oss-120b", "llama-3.3-70b-instruct", "deepseek/deepseek-v3.2", "qwen3-32b"] {
                question.model = weights
                #expect(book.price(question).text == "unknown_provider", "'\(name)' with \(weights)")
            }
        }
        for (text, count) in counts.sorted(by: { $0.key < $1.key }) { print("providers: \(count) × \(text)") }
    }

    // MARK: What stands behind the text of a rule

    private static let harmless: [(SuffixKind, [String])] = [
        (.date, ["20250929", "2025-09-29", "0613", "2407", "05-20", "09-2025"]),
        (.version, ["001", "v1", "v2"]), (.word, ["latest", "preview"]),
        (.effort, ["thinking", "low", "medium", "high", "xhigh", "minimal"]),
    ]
    private enum SuffixKind: String { case date, version, word, effort }
    private static let others = [
        "fast", "mini", "nano", "audio", "pro-max", "max", "turbo", "lite", "image", "tts", "live", "ultra", "vision",
        "realtime",
        "search", "free", "batch", "distill", "8b", "70b", "32k", "128k", "2", "5", "xl", "plus", "code", "instruct-x",
    ]

    @Test func `of five thousand suffixes, only those of the allowed kinds are priced by a rule`() throws {
        let book = try Self.book.get()
        let rules = try Self.rules(of: book)
        var random = SeededGenerator(seed: 5_000)
        var counts: [String: Int] = [:]
        for _ in 0..<5_000 {
            guard let rule = rules.randomElement(using: &random) else { break }
            var parts: [String] = []
            var kinds: Set<String> = []
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                guard let (kind, words) = Self.harmless.randomElement(using: &random) else { break }
                parts.append(words.randomElement(using: &random) ?? "latest")
                kinds.insert(kind.rawValue)
            }
            let isOther = Bool.random(using: &random)
            if isOther {
                let word =
                    Bool.random(using: &random)
                    ? Self.others.randomElement(using: &random) ?? "fast" : Self.word(&random)
                parts.insert(word, at: Int.random(in: 0...parts.count, using: &random))
            }
            let name = rule.text + (rule.text.hasSuffix("-") ? "" : "-") + parts.joined(separator: "-")
            // Another rule may name what the suffix adds.
            guard !rule.longer.contains(where: name.contains) else { continue }
            let trace = MatchTrace()
            let answer = book.price(TestBook.question(name, provider: rule.provider), trace: trace)
            let isByRule = trace.steps.contains { $0.hasPrefix("a rule of the book matches") }
            let why = isOther ? "another word" : kinds.sorted().joined(separator: " and ")
            counts["\(why): \(isByRule ? "by a rule, " : "")\(answer.reasonText)", default: 0] += 1
            if isOther {
                #expect(!isByRule, "\(rule.provider) '\(name)': \(answer.model)")
                #expect(answer.text == "unknown_model" || trace.steps.contains { $0.hasPrefix("the book lists") })
            } else if rule.endsWithWord {
                #expect(answer.text != "unknown_model", "\(rule.provider) '\(name)'")
                if isByRule, case .priced = answer.outcome {
                    #expect(answer.estimates.contains(.approximate) == kinds.contains("effort"), "'\(name)'")
                }
            }
        }
        for (text, count) in counts.sorted(by: { $0.key < $1.key }) { print("suffixes: \(count) × \(text)") }
    }

    /// A word of letters that no list has.
    private static func word(_ random: inout SeededGenerator) -> String {
        "q"
            + String(
                (0..<Int.random(in: 2...8, using: &random)).map { _ in
                    "abcdefghijklmnopqrstuvwxyz".randomElement(using: &random) ?? "a"
                })
    }

    private struct Rule {
        let provider: String
        let text: String
        /// Whether the text ends with a whole word, so that a date may stand behind it.
        let endsWithWord: Bool
        /// The texts of rules that begin with this one.
        var longer: [String] = []
    }

    /// The texts of the simple rules of a book.
    private static func rules(of book: PriceBook) throws -> [Rule] {
        var rules: [Rule] = []
        for number in 0..<book.modelCount {
            let model = try book.model(number)
            for pattern in model.patterns {
                switch pattern {
                case .prefix(let text), .contains(let text):
                    guard !text.hasPrefix("/"), !text.hasSuffix(".ft-") else { continue }
                    let endsWithWord = (text.last?.isLetter ?? false) && !text.hasPrefix("m2") && !text.hasPrefix("aya")
                    rules.append(Rule(provider: model.provider, text: text, endsWithWord: endsWithWord))
                default: break
                }
            }
        }
        let texts = Set(rules.map(\.text))
        return rules.map { rule in
            var rule = rule
            rule.longer = texts.filter { $0.hasPrefix(rule.text) && $0 != rule.text }
            return rule
        }
    }
}

extension PriceAnswer {
    /// How a price was found, or why there is none.
    fileprivate var reasonText: String {
        guard case .priced(let card, _) = outcome else { return text }
        let marks = estimates.map(\.rawValue).joined(separator: ", ")
        return "priced, \(card.matched.rawValue)" + (marks.isEmpty ? "" : ", estimated (\(marks))")
    }
}
