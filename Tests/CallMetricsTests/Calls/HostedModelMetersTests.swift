// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Billing
import CallMetrics
import GenAI
import Ingest
import Pricing
import Synchronization
import TestData
import Testing
import TestRooms

/// Machines that are paid by the clock, whether or not there are calls.
@Suite struct HostedModelMetersTests {
    private static let tenant = LabelRule(name: "tenant", sources: [.span("tenant")], maxValues: 100)
    private static let team = LabelRule(name: "team", sources: [.span("team")])

    /// A dollar a minute for `m`, two for `e`.
    private static let machines = """
        models:
          - {id: vllm/m, provider: vllm, names: [M], hosted: {gpu_hour: 30, gpus: 2, mode: capacity}}
          - {id: tei/e, provider: tei, names: [e], hosted: {gpu_hour: 120, mode: capacity}}
        """

    private static let families = [
        "llm_cost_dollars_total", "llm_token_cost_dollars_total", "llm_cost_by_provider_dollars_total",
        "llm_cost_by_source_dollars_total",
    ]

    private func replayed(
        _ yaml: String = machines, labels: [LabelRule] = [], clock: HandClock? = HandClock(), payerLimit: Int? = nil,
        modelLabel: ModelLabel = .response, shadows: [ShadowPrices.Book] = [], showsBook: Bool = false
    ) throws -> Replayed {
        var billing = BillingConfiguration()
        billing.settleNanoseconds = 1_000
        var calls = ModelCallMetricsConfiguration()
        if let payerLimit { calls.payerLimit = payerLimit }
        return try Replayed(
            calls: calls, billing: billing, labels: labels, book: book(yaml), modelLabel: modelLabel,
            shadows: shadows, clock: clock, showsBook: showsBook)
    }

    /// A call of one of the models.
    private func call(
        _ number: UInt8, _ input: Int64, _ output: Int64, of model: String = "m", tenant: String? = nil
    ) -> TraceRequestWriter.Span {
        var span = chat(number, usage(input, output) + (tenant.map { [("tenant", .string($0))] } ?? [])).asking(model)
        span.attributes[1].value = .string(model == "e" ? "tei" : "vllm")
        return span
    }

    /// What all series of a family add up to.
    private func sum(_ family: String, in replayed: Replayed) throws -> Dollars {
        try replayed.present(family).reduce(.zero) { try $0 + Dollars(String($1.split(separator: " ").last ?? "")) }
    }

    /// Whether every view of the dollars is the same dollars.
    private func expectPartitions(_ replayed: Replayed, _ total: Dollars? = nil) throws {
        let sums = try Self.families.map { try sum($0, in: replayed) }
        #expect(Set(sums).count == 1, "\(sums)")
        if let total { #expect(sums.first == total) }
    }

    @Test func `where charges are handed over, machines cost nothing until whoever has them adds them`() throws {
        let (store, clock) = (MetricsStore(), HandClock())
        let calls = ModelCallMetrics(store: store, symbols: SymbolTable())
        let handed = Mutex<[SeriesCharge]>([])
        store.handOverCharges { charges in handed.withLock { $0 += charges } }
        calls.charge(try book(Self.machines).meteredModels, from: clock.moment)
        clock.advance(seconds: 60)
        calls.advance(to: clock.moment, isLast: false)
        func dollars() -> [Int128] {
            let snapshot = store.snapshot()
            return snapshot.familyIDs.map { snapshot.series(of: $0) }.filter { Self.families.contains($0.family.name) }
                .map { family in (0..<family.count).reduce(0) { $0 + family.value(of: $1) } }
        }
        #expect(dollars() == [0, 0, 0, 0])
        store.add(handed.withLock { $0 })
        #expect(dollars() == Array(repeating: 3_000_000_000_000_000, count: 4))
    }

    @Test func `a minute is shared out by output tokens to the labels that calls had, an idle one to nobody`() throws {
        let replayed = try replayed(labels: [Self.tenant, Self.team])
        try replayed.ingest([
            call(1, 900, 300, tenant: "a"), call(2, 9_000, 60, tenant: "b"), call(3, 1, 40, tenant: "b"),
        ])
        replayed.pass(seconds: 59)
        // What a minute costs whom is not known before its end.
        #expect(
            replayed.present("llm_cost_dollars_total") == [
                #"{model="m",operation="chat",tenant="a",team=""} 0"#,
                #"{model="m",operation="chat",tenant="b",team=""} 0"#,
            ])
        replayed.pass(seconds: 1)
        let idle = #"{model="e",operation="_idle",tenant="_idle",team=""} 2"#
        #expect(
            replayed.present("llm_cost_dollars_total") == [
                idle, #"{model="m",operation="chat",tenant="a",team=""} 0.75"#,
                #"{model="m",operation="chat",tenant="b",team=""} 0.25"#,
            ])
        #expect(
            replayed.present("llm_token_cost_dollars_total") == [
                idle.replacing("\"\"}", with: #""",token_type="fee"}"#),
                #"{model="m",operation="chat",tenant="a",team="",token_type="fee"} 0.75"#,
                #"{model="m",operation="chat",tenant="b",team="",token_type="fee"} 0.25"#,
            ])
        #expect(
            replayed.present("llm_cost_by_provider_dollars_total") == [
                #"{provider="tei"} 2"#, #"{provider="vllm"} 1"#,
            ])
        #expect(replayed.present("llm_cost_by_source_dollars_total") == [#"{source="computed"} 3"#])
        #expect(replayed.present("llm_unpriced_requests_total").isEmpty)
        replayed.pass(seconds: 60)
        #expect(
            replayed.present("llm_cost_dollars_total").contains(
                #"{model="M",operation="_idle",tenant="_idle",team=""} 1"#))
        try expectPartitions(replayed, Dollars("6"))
    }

    @Test func `where no call had output tokens, all tokens decide`() throws {
        let replayed = try replayed()
        var embeddings = [call(1, 30, 0, of: "e"), call(2, 10, 0, of: "e")]
        embeddings[1].attributes[0].value = .string("embeddings")
        try replayed.ingest(embeddings + [call(3, 5, 0), call(4, 0, 1).failing])
        replayed.pass(seconds: 60)
        #expect(
            replayed.present("llm_cost_dollars_total") == [
                #"{model="e",operation="chat"} 1.5"#, #"{model="e",operation="embeddings"} 0.5"#,
                #"{model="m",operation="chat"} 1"#,
            ])
        try expectPartitions(replayed)
    }

    @Test func `calls count in the minute in which they are counted`() throws {
        let replayed = try replayed()
        replayed.pass(seconds: 59.9999)
        try replayed.ingest([call(1, 5, 5)])
        replayed.pass(seconds: 0.0001)
        replayed.pass(seconds: 60)
        #expect(
            replayed.present("llm_cost_dollars_total") == [
                #"{model="M",operation="_idle"} 1"#, #"{model="e",operation="_idle"} 4"#,
                #"{model="m",operation="chat"} 1"#,
            ])
    }

    @Test func `the time until the end is charged at the end`() throws {
        let replayed = try replayed()
        replayed.pass(seconds: 60)
        try replayed.ingest([call(1, 5, 5)])
        replayed.pass(seconds: 3)
        #expect(
            replayed.samples("llm_cost_dollars_total") == [
                #"{model="M",operation="_idle"} 1"#, #"{model="e",operation="_idle"} 2.1"#,
                #"{model="m",operation="chat"} 0.05"#,
            ])
        try expectPartitions(replayed, Dollars("3.15"))
    }

    @Test func `a reload ends the time of plans that change, and no other`() throws {
        let replayed = try replayed()
        try replayed.ingest([call(1, 5, 5), call(2, 5, 5, of: "e")])
        replayed.pass(seconds: 20)
        // Twice the price for one model, another model comes, and one stays as it is.
        replayed.reload(
            try book(
                Self.machines.replacing("gpus: 2", with: "gpus: 4")
                    + "\n  - {id: new/n, provider: new, names: [n], hosted: {gpu_hour: 60, mode: capacity}}"))
        #expect(
            replayed.present("llm_cost_dollars_total") == [
                #"{model="e",operation="chat"} 0"#, #"{model="m",operation="chat"} 0.333333333333333"#,
            ])
        try replayed.ingest([call(3, 5, 15, of: "e").failing])
        replayed.pass(seconds: 40)
        #expect(
            replayed.present("llm_cost_dollars_total") == [
                #"{model="M",operation="_idle"} 1.333333333333333"#, #"{model="e",operation="chat"} 2"#,
                #"{model="m",operation="chat"} 0.333333333333333"#, #"{model="n",operation="_idle"} 0.666666666666667"#,
            ])
        replayed.reload(try book("gateways: []"))
        replayed.pass(seconds: 600)
        try expectPartitions(replayed, Dollars("4.333333333333333"))
        replayed.reload(try book(Self.machines))
        replayed.pass(seconds: 60)
        try expectPartitions(replayed, Dollars("7.333333333333333"))
    }

    @Test func `payers outlive the numbers of cards`() throws {
        let replayed = try replayed(labels: [Self.tenant])
        try replayed.ingest([call(1, 5, 10, tenant: "a")])
        replayed.pass(seconds: 1)
        for turn in 0..<3 as Range<UInt8> {
            replayed.reload(try book(Self.machines + "\naliases: [{provider: vllm, name: x\(turn), to: vllm/m}]"))
            try replayed.ingest([
                call(10 + turn, 5, 10, of: "x\(turn)", tenant: "a"), call(20 + turn, 5, 10, tenant: "b"),
            ])
            replayed.pass(seconds: 1)
        }
        replayed.pass(seconds: 56)
        let costs = replayed.present("llm_cost_dollars_total").filter { !$0.contains("_idle") }
        #expect(
            costs == [
                #"{model="m",operation="chat",tenant="a"} 0.142857142857143"#,
                #"{model="m",operation="chat",tenant="b"} 0.428571428571428"#,
                #"{model="x0",operation="chat",tenant="a"} 0.142857142857143"#,
                #"{model="x1",operation="chat",tenant="a"} 0.142857142857143"#,
                #"{model="x2",operation="chat",tenant="a"} 0.142857142857143"#,
            ])
        try expectPartitions(replayed, Dollars("3"))
    }

    @Test func `payers over the ceiling pay together`() throws {
        let replayed = try replayed(labels: [Self.tenant], payerLimit: 3)
        try replayed.ingest((0..<10).map { call($0, 1, 10, tenant: "t\($0)") })
        replayed.pass(seconds: 60)
        let costs = replayed.present("llm_cost_dollars_total").filter { !$0.hasSuffix(" 0") }
        #expect(
            costs == [
                #"{model="M",operation="__overflow__",tenant="__overflow__"} 0.7"#,
                #"{model="e",operation="_idle",tenant="_idle"} 2"#,
                #"{model="m",operation="chat",tenant="t0"} 0.1"#, #"{model="m",operation="chat",tenant="t1"} 0.1"#,
                #"{model="m",operation="chat",tenant="t2"} 0.1"#,
            ])
        try expectPartitions(replayed, Dollars("3"))
        #expect(replayed.payerOverflows == 7)
    }

    @Test func `with the ids of the book as names, idle time goes by them, too`() throws {
        let replayed = try replayed(modelLabel: .book)
        try replayed.ingest([call(1, 1, 1)])
        replayed.pass(seconds: 60)
        #expect(
            replayed.present("llm_cost_dollars_total") == [
                #"{model="tei/e",operation="_idle"} 2"#, #"{model="vllm/m",operation="chat"} 1"#,
            ])
    }

    @Test(arguments: [ModelLabel.response, .book])
    func `without a clock such calls are unpriced, never free`(label: ModelLabel) throws {
        let bookID = LabelRule(name: "id", sources: [.call(.bookID)])
        let replayed = try replayed(
            labels: [bookID], clock: nil, modelLabel: label,
            shadows: [ShadowPrices.Book(name: "same", book: try book(Self.machines))])
        try replayed.ingest([call(1, 5, 5)])
        let name = label == .book ? "vllm/m" : "m"
        #expect(
            replayed.samples("llm_unpriced_requests_total")
                == [#"{model="\#(name)",provider="vllm",reason="no_rate",id="vllm/m"} 1"#])
        #expect(replayed.samples("llm_tokens_used_total").count == 2)
        for family in Self.families + ["llm_shadow_cost_dollars_total", "llm_price_dollars_per_million_tokens"] {
            #expect(replayed.samples(family).isEmpty)
        }
        #expect(
            replayed.unpriced.list(book: replayed.pricer.book, allowsApproximate: false).entries.map(\.dollarsNow)
                == [nil])
    }

    @Test func `shadow books run by the clock as well`() throws {
        let dear = try book(Self.machines.replacing("gpus: 2", with: "gpus: 20"))
        let shadows = [
            ShadowPrices.Book(name: "dear", book: dear),
            ShadowPrices.Book(name: "none", book: try book("gateways: []")),
        ]
        let replayed = try replayed("gateways: []", shadows: shadows)
        try replayed.ingest([call(1, 5, 5), call(2, 5, 0, of: "e")])
        replayed.pass(seconds: 90)
        let shadow = #"{book="dear",model="#
        #expect(
            replayed.present("llm_shadow_cost_dollars_total") == [
                shadow + #""e",operation="chat"} 3"#, shadow + #""m",operation="chat"} 15"#,
            ])
        replayed.reload(try book("gateways: []"), shadows: [shadows[1]])
        replayed.pass(seconds: 90)
        #expect(replayed.present("llm_shadow_cost_dollars_total").count == 2)
        #expect(replayed.present("llm_cost_dollars_total").isEmpty)
        replayed.reload(try book("gateways: []"), shadows: shadows)
        replayed.pass(seconds: 6)
        replayed.reload(try book("gateways: []"), shadows: [])
        #expect(
            replayed.present("llm_shadow_cost_dollars_total").filter { $0.contains("_idle") } == [
                shadow + #""M",operation="_idle"} 1"#, shadow + #""e",operation="_idle"} 0.2"#,
            ])
    }

    @Test func `rates of 0 are not shown where tokens are not what is paid for`() throws {
        let replayed = try replayed(
            Self.machines + "\n  - {id: vllm/b, provider: vllm, hosted: {gpu_hour: 1, mode: busy_time}}"
                + "\n  - {id: vllm/t, provider: vllm, hosted: {gpu_hour: 1, mode: tokens, tokens_per_hour: 1000000}}")
        try replayed.ingest([call(1, 5, 5), call(2, 5, 5, of: "b"), call(3, 5, 5, of: "t")])
        let prices = replayed.samples("llm_price_dollars_per_million_tokens")
        #expect(!prices.isEmpty)
        #expect(prices.allSatisfy { $0.hasPrefix(#"{model="t","#) && $0.hasSuffix(" 1") })
    }

    @Test func `what a span says of its cost is no discrepancy where nobody knows the call's own cost`() throws {
        let replayed = try replayed()
        var span = call(1, 5, 5)
        span.attributes.append(("gen_ai.usage.cost", .double(0.5)))
        try replayed.ingest([span])
        replayed.pass(seconds: 60)
        #expect(replayed.present("llm_cost_discrepancy_dollars_total").isEmpty)
        #expect(replayed.present("llm_reported_cost_dollars_total") == [#"{model="m",operation="chat"} 0.5"#])
        try expectPartitions(replayed, Dollars("3"))
    }

    @Test func `what machines cost is shown with the mode, until they are gone`() throws {
        let others = """

              - {id: vllm/b, provider: vllm, hosted: {gpu_hour: "2.5", gpus: 2, mode: busy_time, concurrency: 4}}
              - {id: vllm/t, provider: vllm, hosted: {gpu_hour: 1, mode: tokens, tokens_per_hour: 1000000}}
            """
        let replayed = try replayed(Self.machines + others, showsBook: true)
        let shown = [
            #"{model="M",provider="vllm",mode="capacity"} 60"#, #"{model="b",provider="vllm",mode="busy_time"} 5"#,
            #"{model="e",provider="tei",mode="capacity"} 120"#, #"{model="t",provider="vllm",mode="tokens"} 1"#,
        ]
        #expect(replayed.present("llm_hosted_dollars_per_hour") == shown)
        replayed.reload(try book("models:" + others.replacing("2.5", with: "3")))
        #expect(
            replayed.present("llm_hosted_dollars_per_hour") == [shown[1].replacing(" 5", with: " 6"), shown[3]])
        replayed.reload(try book(Self.machines + others))
        #expect(replayed.present("llm_hosted_dollars_per_hour") == shown)
    }

    @Test(arguments: 0..<15 as Range<UInt64>)
    func `whatever happens, all dollars are the price of the time, and every view has them`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let replayed = try replayed(labels: [Self.tenant], payerLimit: 4)
        // In millionths of a second; machines of both models cost 3 dollars a minute.
        var micros = 0
        for number in 0..<80 as Range<UInt8> {
            let step = Int.random(in: 0...40_000_000, using: &random)
            micros += step
            replayed.pass(seconds: Double(step) / 1e6)
            if Int.random(in: 0..<8, using: &random) == 0 {
                replayed.reload(try book(Self.machines + "\naliases: [{provider: vllm, name: x\(number), to: vllm/m}]"))
            }
            let model = Bool.random(using: &random) ? "m" : "e"
            let tenant = "t\(Int.random(in: 0..<9, using: &random))"
            try replayed.ingest([
                call(
                    number, Int64.random(in: 0...1_000, using: &random),
                    Bool.random(using: &random) ? 0 : Int64.random(in: 0...500, using: &random), of: model,
                    tenant: tenant)
            ])
        }
        replayed.pipeline.settleAll(arrivalNanoseconds: 1_790_000_002_000_000_000)
        let total = Dollars(femtodollars: Int128(micros) * 50_000_000)
        let found = try sum("llm_cost_dollars_total", in: replayed)
        #expect(abs((found + -total).femtodollars) <= 2)
        try expectPartitions(replayed)
    }
}
