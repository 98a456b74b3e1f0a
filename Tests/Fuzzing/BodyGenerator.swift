// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData

/// Generates well-formed bodies with absurd content: extreme values under every known key, ids from a small pool, so that spans
/// collide, repeat and are each other's ancestors, and arbitrary times.
package struct BodyGenerator {
    private let vocabulary: WireVocabulary
    private var random: SeededGenerator
    /// How many spans the last body had that have an identity, and how many have none.
    package private(set) var spans = 0
    package private(set) var nameless = 0

    /// Makes a generator.
    ///
    /// - Parameters:
    ///   - vocabulary: The keys.
    ///   - seed: The same bodies for the same seed.
    package init(_ vocabulary: WireVocabulary, seed: UInt64) {
        self.vocabulary = vocabulary
        random = SeededGenerator(seed: seed)
    }

    /// The next body, an `ExportTraceServiceRequest`.
    ///
    /// - Parameter now: The time, in nanoseconds since 1970.
    /// - Returns: The bytes.
    package mutating func body(at now: UInt64) -> [UInt8] {
        (spans, nameless) = (0, 0)
        let times = ExtremeValues.times(around: now)
        var request = WireWriter()
        for _ in 0..<number(1...3) {
            let resource = WireValue.write { writer in
                writer.attribute(1, "service.name", WireValue.text(pick(["a", "b", "c"])))
                writer.attribute(1, pick(["team", "tenant.id"]), WireValue.text(pick(["x", "y", "t1", "t2"])))
            }
            var content = WireWriter()
            let isLast = chance(4)
            if !isLast { content.content(1, resource) }
            for _ in 0..<number(1...2) {
                var scope = WireWriter()
                let name = pick(vocabulary.scopes)
                scope.content(1, WireValue.write { $0.content(1, name.utf8) })
                for _ in 0..<number(0...4) { scope.content(2, span(times)) }
                content.content(2, scope.bytes)
            }
            if isLast { content.content(1, resource) }
            request.content(1, content.bytes)
        }
        return request.bytes
    }

    private mutating func span(_ times: [UInt64]) -> [UInt8] {
        var span = WireWriter()
        let hasIdentity = !chance(50)
        if hasIdentity { spans += 1 } else { nameless += 1 }
        let trace = UInt8(truncatingIfNeeded: number(1...12))
        if chance(3) {
            span.content(1, (0..<16).map { _ in UInt8(truncatingIfNeeded: random.next()) | 1 })
        } else {
            span.content(1, [UInt8](repeating: trace, count: 16))
        }
        let id = UInt8(truncatingIfNeeded: number(1...60))
        if !hasIdentity {
            span.content(2, [UInt8](repeating: 0, count: pick([0, 7, 8])))
        } else if chance(3) {
            span.content(2, (0..<8).map { _ in UInt8(truncatingIfNeeded: random.next()) | 1 })
        } else {
            span.content(2, [UInt8](repeating: id, count: 8))
        }
        if !chance(3) { span.content(4, [UInt8](repeating: UInt8(truncatingIfNeeded: number(1...40)), count: 8)) }
        span.content(5, pick(["chat", "", "x._prepare_chat_with_tools"]).utf8)
        span.number(6, pick([0, 1, 2, 3, 3, 3, 4, 5, 99]))
        let start = pick(times)
        span.fixed64(7, start)
        span.fixed64(8, chance(2) ? start &+ 1_000_000_000 : pick(times))
        for (key, value) in attributes() { span.attribute(9, key, value) }
        if chance(4) {
            for _ in 0..<number(1...3) { span.content(11, event(times)) }
        }
        if chance(3) { span.content(15, WireValue.write { $0.number(3, pick([0, 1, 2, 7])) }) }
        return span.bytes
    }

    private mutating func event(_ times: [UInt64]) -> [UInt8] {
        var event = WireWriter()
        event.fixed64(1, pick(times))
        event.content(2, pick(vocabulary.events).utf8)
        event.attribute(3, "exception.type", value())
        event.attribute(3, pick(vocabulary.keys).key, value())
        return event.bytes
    }

    private mutating func attributes() -> [(String, [UInt8])] {
        var attributes: [(String, [UInt8])] = []
        let dialect = pick(vocabulary.dialects)
        for mark in dialect.marks.shuffled(using: &random).prefix(2) {
            let words = WireVocabulary.words(for: mark.fact)
            attributes.append((mark.key, words.isEmpty || chance(12) ? value() : WireValue.text(pick(words))))
        }
        if dialect.marks.isEmpty || chance(4) {
            attributes.append(("gen_ai.operation.name", WireValue.text(pick(["chat", "embeddings", "invoke_agent"]))))
        }
        for _ in 0..<number(0...5) where !dialect.keys.isEmpty {
            let key = pick(dialect.keys)
            attributes.append((key.key, fitting(key)))
        }
        for _ in 0..<number(0...6) {
            let key = pick(vocabulary.keys)
            attributes.append((key.key, fitting(key)))
        }
        if let object = (chance(2) ? dialect.objects : vocabulary.objects).randomElement(using: &random) {
            attributes.append((object.key, chance(10) ? value() : WireValue.text(text(of: object))))
        }
        if chance(2) { attributes.append(("gen_ai.request.model", WireValue.text(pick(ExtremeValues.models)))) }
        if chance(3) {
            attributes.append(("gen_ai.usage.input_tokens", WireValue.integer(pick(ExtremeValues.counts))))
            attributes.append(("gen_ai.usage.output_tokens", WireValue.integer(pick(ExtremeValues.counts))))
        }
        if chance(4) { attributes.append(("tenant.id", WireValue.text(pick(["t1", "t2", ""])))) }
        if chance(4) { attributes.append(("team", value())) }
        return attributes.shuffled(using: &random)
    }

    /// A value, in most cases of the key's type and at its bounds.
    private mutating func fitting(_ key: WireVocabulary.Key) -> [UInt8] {
        guard !chance(4) else { return value() }
        switch key.fact {
        case .requestModel, .responseModel, .model: return WireValue.text(pick(ExtremeValues.models))
        case .provider, .providerBelow:
            return WireValue.text(
                pick(["openai", "anthropic", "aws.bedrock", "gcp.vertex_ai", "openrouter", "vllm", "x"]))
        case .firstTokenTime: return WireValue.text(pick(ExtremeValues.times))
        default:
            return chance(3) ? WireValue.integer(pick(ExtremeValues.counts)) : value()
        }
    }

    private mutating func value() -> [UInt8] {
        switch number(0...11) {
        case 0...3: WireValue.integer(pick(ExtremeValues.integers))
        case 4...5: WireValue.double(pick(ExtremeValues.doubles))
        case 6...8: WireValue.text(pick(ExtremeValues.texts))
        case 9: WireValue.flag(chance(2))
        case 10: chance(2) ? [] : WireValue.list
        default: WireValue.bytes(pick(ExtremeValues.broken))
        }
    }

    /// An object with members that a table wants and others, as JSON or as Python prints it, sometimes cut off.
    private mutating func text(of object: WireVocabulary.Object) -> String {
        let quote = chance(4) ? "'" : "\""
        var members: [String] = []
        for _ in 0..<number(0...6) {
            var path = object.paths.randomElement(using: &random) ?? [pick(vocabulary.members)]
            if chance(3) { path = [chance(2) ? pick(vocabulary.members) : pick(["a", "b", "note"])] }
            var value = nested(0, quote)
            for name in path.dropFirst().reversed() {
                value = Int(name) == nil ? "{\(quote)\(name)\(quote):\(value)}" : "[\(value)]"
            }
            members.append("\(quote)\(path[0])\(quote):\(value)")
        }
        var text = "{" + members.joined(separator: chance(2) ? "," : ", ") + "}"
        if chance(20) { text = String(text.prefix(number(0...text.count))) }
        if chance(30) { text = String(repeating: "[", count: number(0...30)) + text }
        return text
    }

    private mutating func nested(_ depth: Int, _ quote: String) -> String {
        switch number(0...19) {
        case 0 where depth < 4: "{\(quote)\(pick(vocabulary.members))\(quote):\(nested(depth + 1, quote))}"
        case 1 where depth < 4: "[\(nested(depth + 1, quote)), (1,2)]"
        case 2...5: quote + pick(ExtremeValues.numbers) + quote
        case 6: "<object at 0x7f>"
        default: pick(ExtremeValues.numbers)
        }
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    /// One time of so many.
    private mutating func chance(_ times: Int) -> Bool { number(1...times) == 1 }

    private mutating func pick<Item>(_ items: [Item]) -> Item { items[number(0...items.count - 1)] }
}
