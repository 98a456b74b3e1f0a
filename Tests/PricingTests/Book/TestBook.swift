// SPDX-License-Identifier: Apache-2.0
import Documents
import GenAI
import Pricing

/// Small price books with made-up models, laid out as the importer does it.
enum TestBook {
    /// A book of some models, each given as the members of its line after `names`.
    static func make(
        _ models: [String], aliases: String = "[]", samePriceWords: [String] = []
    ) throws -> PriceBook {
        let header = """
            {"format":"pricebook/1","version":"test.1","date":"2026-11-21","currency":"USD",\
            "sources":[{"name":"made up","version":"1"}],"conflicts":[{"a":["]}"]}],"excluded":[],\
            "providers":{"acme":{"aliases":["Acme","acme-ai"],"hosts":["api.acme.test",".acme.cloud"],\
            "unambiguous":["roadrunner-"]},\
            "resale":{"aliases":["resale"],"fallback":["acme"]},\
            "aws.bedrock":{"aliases":["bedrock"]},"openrouter":{"aliases":["openrouter"]},\
            "gcp.vertex_ai":{"aliases":["vertex_ai"],"hosts":["-aiplatform.googleapis.com"]}},\
            "aliases":\(aliases),"same_price_words":\(samePriceWords),"models":[
            """
        return try PriceBook(json: Array((header + "\n" + models.joined(separator: ",\n") + "\n]}\n").utf8))
    }

    /// A price file.
    static func file(_ text: String, name: String = "prices.yaml") throws(PricingError) -> PriceFile {
        do throws(DocumentError) {
            return try PriceFile(text, file: name)
        } catch {
            throw .document(error)
        }
    }

    /// A book of some models with price files laid over it, each given without its first line.
    static func make(_ models: [String], files: [String]) throws -> PriceBook {
        var read: [PriceFile] = []
        for (number, text) in files.enumerated() {
            read.append(try file("format: pricebook/1\n" + text, name: "\(number).yaml"))
        }
        return try make(models).with(read)
    }

    /// A model's line.
    static func model(
        _ id: String, _ names: [String], provider: String = "acme",
        _ rest: String = "\"prices\":[{\"rates\":{\"input\":\"2\",\"output\":\"8\"}}]"
    ) -> String {
        let list = names.map { "\"\($0)\"" }.joined(separator: ",")
        return "{\"id\":\"\(id)\",\"provider\":\"\(provider)\",\"names\":[\(list)],\(rest)}"
    }

    /// A usage of some classes.
    static func usage<Count>(_ counts: [TokenClass: Int64]) -> TokenCounts<Count> {
        var usage = TokenCounts<Count>()
        for (tokenClass, count) in counts { usage[tokenClass] = count }
        return usage
    }

    /// A question about a model of the provider `acme`.
    static func question(
        _ model: String, provider: String = "acme", tier: String = "", at date: (Int32, Int16?) = (20_000, 720),
        _ counts: [TokenClass: Int64] = [.input: 1_000_000]
    ) -> PriceQuestion {
        var question = PriceQuestion(model: model)
        question.provider = provider
        question.tier = tier
        question.moment = PriceMoment(day: date.0, minute: date.1)
        question.usage = usage(counts)
        return question
    }
}

extension PriceAnswer {
    /// The cost as text, or the reason why there is none.
    var text: String { outcome.text }

    /// The model's id and how it was found, or the reason.
    var model: String {
        guard case .priced(let card, _) = outcome else { return text }
        return "\(card.modelID) \(card.matched.rawValue)"
    }
}

extension PriceOutcome {
    /// The cost as text, or the reason why there is none.
    var text: String {
        switch self {
        case .priced(_, let cost), .reported(let cost): cost.description
        case .unpriced(let reason): reason.rawValue
        case .nothingToPrice: "nothing"
        }
    }
}

extension Pricer {
    /// A pricer that keeps few names.
    convenience init(book: PriceBook, symbols: SymbolTable, cacheLimit: Int) {
        var configuration = PricerConfiguration()
        configuration.cacheEntries = cacheLimit
        self.init(book: book, symbols: symbols, configuration: configuration)
    }
}
