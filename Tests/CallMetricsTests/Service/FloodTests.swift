// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GenAI
import Pricing
import Synchronization
import TestData
import Testing
import TestRooms

/// What a sender of junk can do to the calls of others.
@Suite struct FloodTests {
    /// Attributes that a flood makes up, each on a call of its own.
    enum Target: CaseIterable {
        case models, matchedModels, spellings, providers, tiers, operations, errorTypes, hosts, places, labels
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `after any flood every listed name has its own label and its price`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let book = try PriceBook.embedded()
        let replayed = try Replayed(
            labels: [LabelRule(name: "team", sources: [.span("team")], maxValues: 10)], limits: Self.tight,
            matchedModels: 10)
        for target in Target.allCases.shuffled(using: &random) { try Self.flood(replayed, target, count: 150) }

        var expected: [String: String] = [:]
        var spans: [TraceRequestWriter.Span] = []
        while expected.count < 60 {
            let model = try book.model(Int.random(in: 0..<book.modelCount, using: &random))
            guard let name = model.names.randomElement(using: &random), expected[name] == nil,
                !name.contains("gpt-4")
            else { continue }
            var question = PriceQuestion(model: name)
            question.provider = model.provider
            question.usage[.input] = 1_000
            question.moment = Self.moment
            guard case .priced(_, let cost) = book.price(question).outcome, cost != .zero else { continue }
            expected[name] = cost.description
            spans.append(Self.span(spans.count, name, provider: model.provider))
        }
        try replayed.ingest(spans)
        let costs = replayed.samples("llm_cost_dollars_total")
        for (name, cost) in expected {
            let line = #"{model="\#(name)",operation="chat",team=""} \#(cost)"#
            #expect(costs.contains(line), "\(name)")
        }
    }

    @Test(arguments: Target.allCases)
    func `no flood takes the price of a tier, of a place, or of a name that a rule fits`(_ target: Target) throws {
        let replayed = try Replayed(limits: Self.tight, matchedModels: 10)
        try Self.flood(replayed, target, count: 200)
        try Self.flood(replayed, .models, count: 200)
        let book = try PriceBook.embedded()
        let calls: [(name: String, provider: String, more: [(key: String, value: TraceRequestWriter.Value)])] = [
            ("gpt-4o", "openai", [("gen_ai.openai.response.service_tier", .string("batch"))]),
            ("claude-opus-4-6", "anthropic", [("anthropic.usage.inference_geo", .string("us"))]),
            // By a rule, by another spelling, and by another provider's models.
            ("claude-opus-4-6-20990101", "anthropic", []), ("openai/gpt-4.1@20990101", "openai", []),
            ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "aws.bedrock", []),
            ("gpt-4.1-mini-2025-04-14", "azure.ai.openai", []),
        ]
        for (number, call) in calls.enumerated() {
            var question = PriceQuestion(model: call.name)
            question.provider = call.provider
            question.usage[.input] = 1_000
            question.moment = Self.moment
            if number == 0 { question.tier = "batch" }
            if number == 1 { question.region = ["inference_geo": "us"] }
            guard case .priced(let card, let cost) = book.price(question).outcome else {
                Issue.record("\(call.name) has no price")
                continue
            }
            let before = replayed.costs(of: [call.name, card.modelID])
            try replayed.ingest([Self.span(number, call.name, provider: call.provider, call.more)])
            #expect(replayed.costs(of: [call.name, card.modelID]) - before == cost.femtodollars, "\(call.name)")
        }
    }

    @Test func `a name that only a rule fits keeps its label while there is room, and is its model's id afterwards`()
        throws
    {
        let replayed = try Replayed(limits: [.model: 10], matchedModels: 3)
        try replayed.ingest((0..<20).map { Self.span($0, "junk-\($0)") })
        let snapshots = (1...8).map { "claude-opus-4-6-2099010\($0)" }
        try replayed.ingest(snapshots.enumerated().map { Self.span($0, $1, provider: "anthropic") })
        let shown = replayed.samples("llm_requests_total").filter { $0.contains("claude") }
        #expect(
            shown == [
                #"{model="anthropic/claude-opus-4-6",operation="chat"} 5"#,
                #"{model="claude-opus-4-6-20990101",operation="chat"} 1"#,
                #"{model="claude-opus-4-6-20990102",operation="chat"} 1"#,
                #"{model="claude-opus-4-6-20990103",operation="chat"} 1"#,
            ])
        #expect(replayed.labels.matchedOverflows > 0)
        #expect(replayed.samples("llm_unpriced_requests_total").allSatisfy { !$0.contains("claude") })
    }

    @Test func `known series appear although junk has filled its share`() throws {
        let replayed = try Replayed(seriesCeiling: 2_000, unknownModels: 1_000, keptForKnown: 1_000)
        try replayed.ingest((0..<500).map { Self.span($0, "junk-\($0)") })
        let names = ["gpt-4o", "gpt-4.1", "o3", "gpt-4o-mini"]
        try replayed.ingest(names.enumerated().map { Self.span($0, $1) })
        let lines = replayed.samples("llm_requests_total")
        for name in names { #expect(lines.contains(#"{model="\#(name)",operation="chat"} 1"#)) }
        #expect(replayed.samples("llm_cost_dollars_total").count == names.count)
        let sum = lines.compactMap { Int($0.split(separator: " ").last ?? "") }.reduce(0, +)
        #expect(sum == 504)
    }

    @Test func `requests, tokens and dollars of a batch take room before its histograms`() throws {
        let book = try PriceBook.embedded()
        let models = try (0..<book.modelCount).map { try book.model($0) }
            .filter { $0.provider == "openai" || $0.provider == "anthropic" }
        let names = Array(Set(models.compactMap(\.names.first)).sorted().prefix(100))
        #expect(names.count > 60)
        // With all histograms they would need more.
        let replayed = try Replayed(seriesCeiling: 1_000)
        try replayed.ingest(names.enumerated().map { Self.span($0, $1) })
        for family in ["llm_requests_total", "llm_tokens_used_total"] {
            let lines = replayed.samples(family)
            for name in names { #expect(lines.contains { $0.contains(#"model="\#(name)""#) }, "\(family), \(name)") }
        }
        #expect(replayed.samples("llm_cost_dollars_total").allSatisfy { !$0.contains("__overflow__") })
        // Not all of them found room for a histogram.
        #expect(replayed.lines("llm_request_duration_seconds_count").count < names.count)
    }

    @Test func `a snapshot that finds no room for its name is counted under its model's id`() throws {
        let replayed = try Replayed(seriesCeiling: 2_000, unknownModels: 1_000, keptForKnown: 1_000)
        try replayed.ingest((0..<500).map { Self.span($0, "junk-\($0)") })
        try replayed.ingest([Self.span(1, "claude-opus-4-6-20990101", provider: "anthropic")])
        #expect(
            replayed.samples("llm_requests_total").contains(
                #"{model="anthropic/claude-opus-4-6",operation="chat"} 1"#))
    }

    @Test func `a later book makes names known that were junk before`() throws {
        let replayed = try Replayed(limits: [.model: 10, .provider: 10, .tier: 10], matchedModels: 10)
        try replayed.ingest((0..<50).map { Self.span($0, "acme-\($0)", provider: "acme-\($0)", Self.tier("t\($0)")) })
        let later = try book(
            """
            providers: {acme-49: {}}
            models:
              - {id: acme-49/acme-49, provider: acme-49, names: [acme-49], prices: [{rates: {input: 8}}],
                 variants: [{when: {tier: t49}, rates: {input: 2}}]}
            """)
        replayed.reload(later)
        try replayed.ingest([
            Self.span(1, "acme-49", provider: "acme-49"),
            Self.span(2, "acme-49", provider: "acme-49", Self.tier("T49")),
        ])
        #expect(
            replayed.samples("llm_cost_dollars_total").filter { $0.contains("acme-49") }
                == [#"{model="acme-49",operation="chat"} 0.01"#])
    }

    @Test func `junk in an attribute that identifies tenants changes no tenant's prices`() throws {
        let prices = try book(
            """
            tenants:
              gold: {match: {resource: {customer: gold}}, discount: [{provider: openai, by: "0.5"}]}
            """)
        let replayed = try Replayed(book: prices, limits: [.label: 10])
        for number in 0..<1_200 {
            try replayed.ingest(
                TraceRequestWriter().request(
                    resource: [("customer", .string("junk \(number)"))], spans: [Self.span(number, "gpt-4o")]))
        }
        let before = replayed.costs(of: ["gpt-4o"])
        try replayed.ingest(
            TraceRequestWriter().request(
                resource: [("customer", .string("gold"))], spans: [Self.span(201, "gpt-4o")]))
        // Half of 1,000 tokens at 2.5 dollars a million.
        #expect(replayed.costs(of: ["gpt-4o"]) - before == 1_250_000_000_000)
    }

    @Test func `labels made from properties of calls keep known values`() throws {
        let rules = [
            LabelRule(name: "vendor", sources: [.call(.provider)], maxValues: 10),
            LabelRule(name: "service_tier", sources: [.call(.tier)], maxValues: 10),
        ]
        let replayed = try Replayed(seriesCeiling: 2_000, labels: rules, keptForKnown: 1_000)
        try replayed.ingest(
            (0..<100).map { Self.span($0, "gpt-4o", provider: "junk-\($0)", Self.tier("junk-\($0)")) })
        try replayed.ingest([Self.span(1, "gpt-4o", Self.tier("batch"))])
        #expect(
            replayed.samples("llm_requests_total").contains(
                #"{model="gpt-4o",operation="chat",vendor="openai",service_tier="batch"} 1"#))
    }

    private static let tight: [Vocabulary: Int] = Dictionary(
        uniqueKeysWithValues: Vocabulary.allCases.map { ($0, 10) })

    /// When the calls of these tests were made.
    private static let moment = PriceMoment(nanoseconds: chat(1).endNanoseconds)

    private static func tier(_ tier: String) -> [(key: String, value: TraceRequestWriter.Value)] {
        [("gen_ai.openai.response.service_tier", .string(tier))]
    }

    /// Sends calls that fill whatever has a limit.
    private static func flood(_ replayed: Replayed, _ target: Target, count: Int) throws {
        try replayed.ingest(
            (0..<count).map { number in
                var span = span(number, "gpt-4o")
                func set(_ key: String, _ value: String) { span.attributes.append((key, .string(value))) }
                switch target {
                case .models: span.attributes[2].value = .string("junk-\(number)")
                case .matchedModels: span.attributes[2].value = .string("gpt-4o@" + snapshot(number))
                case .spellings:
                    let name = "gpt-4.1-mini-2025-04-14".enumerated().map { place, letter in
                        number >> (place % 8) & 1 == 1 ? letter.uppercased() : String(letter)
                    }
                    span.attributes[2].value = .string(name.joined())
                case .providers: span.attributes[1].value = .string("junk-\(number)")
                case .tiers: set("gen_ai.openai.response.service_tier", "junk-\(number)")
                case .operations:
                    span.attributes[0].value = .string("junk-\(number)")
                    span.kind = 3
                case .errorTypes:
                    set("error.type", "junk-\(number)")
                    span.status = 2
                case .hosts: set("server.address", "junk-\(number).example.com")
                case .places: set("anthropic.usage.inference_geo", "junk-\(number)")
                case .labels: set("team", "junk-\(number)")
                }
                return span
            })
    }

    /// One of many dates, as behind the names of snapshots.
    private static func snapshot(_ number: Int) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "20" + two(number / 336 % 100) + two(number / 28 % 12 + 1) + two(number % 28 + 1)
    }

    private static func span(
        _ number: Int, _ model: String, provider: String = "openai",
        _ more: [(key: String, value: TraceRequestWriter.Value)] = []
    ) -> TraceRequestWriter.Span {
        var span = chat(UInt8(truncatingIfNeeded: number), usage(1_000, 0) + more).asking(model)
        span.spanID = SpanNumbers.next
        span.attributes[1].value = .string(provider)
        return span
    }
}

/// Span ids that never repeat.
private enum SpanNumbers {
    private static let last = Atomic<UInt64>(0)

    static var next: [UInt8] {
        let number = last.wrappingAdd(1, ordering: .relaxed).newValue
        return (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }
}

extension Replayed {
    /// What calls of some models cost, in 1e-15 dollars.
    fileprivate func costs(of models: [String]) -> Int128 {
        samples("llm_cost_dollars_total").reduce(0) { sum, line in
            guard models.contains(where: { line.contains(#"model="\#($0)""#) }),
                let dollars = try? Dollars(String(line.split(separator: " ").last ?? ""))
            else { return sum }
            return sum + dollars.femtodollars
        }
    }
}
