// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Reads names of providers in spellings that no price book lists: `azure_open_ai`, `GoogleVertexAiGemini`.
///
/// Names are compared without separators. A name means a provider if it is one of the provider's names, or if it consists only of
/// known words: names of providers, and words without meaning for the provider (`cloud`, `api`, `chat`). A name with any other
/// word is unknown.
struct ProviderWords: Sendable {
    /// The reading of a name.
    enum Reading: Equatable, Sendable {
        case provider(UInt16)
        /// A gateway or a framework, which does not identify the provider.
        case gateway
        /// The provider of the API and not of the model: `openai-compatible`.
        case interfaceOnly
        /// Software for the operator's own machines, or a test: `vllm`, `local`, `mock`.
        case ownMachine
        case unknown
    }

    private enum Word: Sendable { case provider(UInt16), gateway, filler, interface, own, ambiguous }

    /// Whole names without separators.
    private let whole: [String: Word]
    /// The words that names may consist of.
    private let finder: LiteralFinder
    private let words: [Word]
    private let lengths: [Int]
    /// By the number of a provider that serves the models of others, its rank in ``Platforms/ids``.
    private let platforms: [UInt16: Int]

    /// The longest name that is read word by word, in bytes; longer ones are unknown.
    static let longest = 64

    /// Makes the reader.
    ///
    /// - Parameters:
    ///   - names: The names of providers in lower case, with the providers' numbers.
    ///   - gateways: The names of gateways and frameworks in lower case.
    init(names: [String: UInt16], gateways: some Sequence<String>) {
        var whole: [String: Word] = [:]
        // Two providers may share a spelling without separators, which then names neither.
        for (name, number) in names.sorted(by: { $0.key < $1.key }) {
            let squeezed = Self.squeezed(name)
            if case .provider(let other)? = whole[squeezed], other != number {
                whole[squeezed] = .ambiguous
            } else if whole[squeezed] == nil {
                whole[squeezed] = .provider(number)
            }
        }
        for gateway in gateways where whole[Self.squeezed(gateway)] == nil { whole[Self.squeezed(gateway)] = .gateway }
        var known: [String: Word] = [:]
        for (word, meaning) in whole {
            guard case .provider = meaning, word.utf8.count > 2, !Self.everyday.contains(word) else { continue }
            known[word] = meaning
        }
        for word in Self.fillers where known[word] == nil { known[word] = .filler }
        for word in Self.interfaces { known[word] = .interface }
        for word in Self.own { known[word] = .own }
        let sorted = known.sorted { $0.key < $1.key }
        self.whole = whole
        words = sorted.map(\.value)
        lengths = sorted.map(\.key.utf8.count)
        finder = LiteralFinder(sorted.map { Array($0.key.utf8) })
        var platforms: [UInt16: Int] = [:]
        for (rank, id) in Platforms.ids.enumerated() { if let number = names[id] { platforms[number] = rank } }
        self.platforms = platforms
    }

    /// The reading of a name in lower case.
    ///
    /// Of a path such as `vendor/plugin/model`, the last part that names a provider counts.
    ///
    /// - Complexity: One pass over the name, and a step for each known word in it.
    func reading(of name: String) -> Reading {
        if Self.isNumericAddress(name) { return .ownMachine }
        guard name.utf8.contains(UInt8(ascii: "/")) else { return readingOfPart(name[...]) }
        // An address has a table of its own.
        guard name.utf8.firstRange(of: "://") == nil, name.utf8.count <= 2 * Self.longest else { return .unknown }
        var found = Reading.unknown
        for part in name.split(separator: "/") {
            switch readingOfPart(part) {
            case .provider(let number): found = .provider(number)
            case .gateway: if found == .unknown { found = .gateway }
            case .unknown: break
            case let veto: return veto
            }
        }
        return found
    }

    /// Whether a name is an IP address, with or without a port; no vendor serves at one.
    private static func isNumericAddress(_ name: String) -> Bool {
        let host = name.utf8.firstRange(of: "://").map { name[$0.upperBound...] } ?? name[...]
        let text = host.prefix { $0 != "/" }.utf8
        guard text.contains(UInt8(ascii: ".")) || text.first == UInt8(ascii: "["),
            text.contains(where: NameMark.isDigit)
        else { return false }
        return text.allSatisfy { NameMark.isDigit($0) || ".:[]abcdef".utf8.contains($0) }
    }

    private func readingOfPart(_ part: Substring) -> Reading {
        let squeezed = Self.squeezed(part)
        guard !squeezed.isEmpty, squeezed.utf8.count <= Self.longest else { return .unknown }
        switch whole[squeezed] {
        case .provider(let number)?: return .provider(number)
        case .gateway?: return .gateway
        default: break
        }
        if part.utf8.split(whereSeparator: { !NameMark.isLetter($0) && !NameMark.isDigit($0) })
            .contains(where: { Self.ownAlone.contains(String(decoding: $0, as: UTF8.self)) })
        {
            return .ownMachine
        }
        return readingOfWords(Array(squeezed.utf8))
    }

    /// Reads a name as the smallest number of known words that make up all of it.
    private func readingOfWords(_ name: [UInt8]) -> Reading {
        var found: [(word: Int, end: Int)] = []
        var veto: Reading?
        // The fewest words up to each index, and the last of them.
        var fewest = [Int](repeating: .max, count: name.count + 1)
        var last = [Int](repeating: -1, count: name.count + 1)
        fewest[0] = 0
        finder.forEach(in: name) { word, range in
            switch words[word] {
            case .own: veto = .ownMachine
            case .interface: veto = veto ?? .interfaceOnly
            default: break
            }
            found.append((word, range.upperBound))
        }
        if let veto { return veto }
        // Words come in the order of their ends, so what precedes them is known.
        for (word, end) in found where fewest[end - lengths[word]] < .max {
            let count = fewest[end - lengths[word]] + 1
            if count < fewest[end] { (fewest[end], last[end]) = (count, word) }
        }
        guard fewest[name.count] < .max else { return .unknown }
        var providers: Set<UInt16> = []
        var end = name.count
        while end > 0 {
            if case .provider(let number) = words[last[end]] { providers.insert(number) }
            end -= lengths[last[end]]
        }
        return chosen(of: providers).map { .provider($0) } ?? .unknown
    }

    /// The provider if several are named: the platform that serves the models of the others.
    private func chosen(of providers: Set<UInt16>) -> UInt16? {
        if providers.count < 2 { return providers.first }
        let found = providers.compactMap { number in platforms[number].map { (rank: $0, number: number) } }
        guard let first = found.min(by: { $0.rank < $1.rank }) else { return nil }
        let cloud = Platforms.cloud(Platforms.ids[first.rank])
        return found.allSatisfy { Platforms.cloud(Platforms.ids[$0.rank]) == cloud } ? first.number : nil
    }

    /// The letters and digits of a name.
    private static func squeezed(_ name: some StringProtocol) -> String {
        String(
            decoding: name.utf8.filter { NameMark.isLetter($0) || NameMark.isDigit($0) || $0 >= 0x80 }, as: UTF8.self)
    }

    /// Words that do not identify the provider.
    private static let fillers: Set<String> = [
        "ai", "api", "apis", "async", "audio", "batch", "chat", "client", "cloud", "completion", "completions",
        "converse",
        "embedding", "embeddings", "endpoint", "endpoints", "foundry", "gcp", "gen", "genai", "generative", "image",
        "images", "inference", "language", "llm", "llms", "message", "messages", "microsoft", "model", "models",
        "official",
        "platform", "provider", "realtime", "response", "responses", "runtime", "sdk", "service", "services", "speech",
        "stream", "streaming", "studio", "text",
    ]

    /// Words that say that an API is like another provider's.
    private static let interfaces: Set<String> = ["compatible", "compat", "like"]

    /// Words for the operator's own machines and for tests.
    private static let own: Set<String> = [
        "aphrodite", "custom", "ctransformers", "dummy", "emulat", "exllama", "fake", "gpt4all", "kobold", "llamacpp",
        "llamafile", "lmdeploy", "lmstudio", "local", "mlxlm", "mock", "ollama", "onprem", "oobabooga", "proxy", "self",
        "sglang", "simulat", "stub", "tensorrtllm", "textgenerationinference", "textgenerationwebui", "vllm",
        "xinference",
    ]

    /// The same, for words that other words contain: they count only between separators or as the whole name.
    private static let ownAlone: Set<String> = [
        "jan", "mlc", "mlx", "test", "testing", "tests", "tgi", "triton",
    ]

    /// Names of providers that are also ordinary words; they name the provider only as the whole name.
    private static let everyday: Set<String> = [
        "ark", "cortex", "fal", "gradient", "lambda", "meta", "mimo", "modal", "morph", "nim", "parallel",
        "prism",
        "runway", "sail", "together", "transcribe",
    ]
}

/// Providers that serve the models of others under names of their own.
enum Platforms {
    /// Their ids; of two platforms of one cloud the more specific one comes first.
    static let ids = [
        "azure.ai.openai", "azure.ai.inference", "gcp.vertex_ai", "bedrock_mantle", "sagemaker", "aws.bedrock",
        "openrouter",
    ]

    /// The cloud to which a platform belongs.
    static func cloud(_ id: String) -> Substring {
        switch id {
        case "bedrock_mantle", "sagemaker": "aws"
        default: id.prefix { $0 != "." }
        }
    }
}

/// A ``ProviderWords`` that is made for the first name that needs it.
final class LazyProviderWords: Sendable {
    private let made = Mutex<ProviderWords?>(nil)
    private let names: [String: UInt16]
    private let gateways: Gateways

    init(names: [String: UInt16], gateways: Gateways) {
        self.names = names
        self.gateways = gateways
    }

    /// The reading of a name in lower case.
    func reading(of name: String) -> ProviderWords.Reading {
        let words = made.withLock { made in
            let words = made ?? ProviderWords(names: names, gateways: gateways.names)
            made = words
            return words
        }
        return words.reading(of: name)
    }
}
