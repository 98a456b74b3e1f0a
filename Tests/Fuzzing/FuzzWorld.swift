// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Billing
package import CallMetrics
import Exposition
import GenAI
import Ingest
import Pricing
import Synchronization
import TestData

/// The rooms joined as in the service, with a manual clock, small limits and the highest prices, and the conditions that their
/// counters must meet whatever was sent.
package final class FuzzWorld: Sendable {
    private let pipeline: IngestPipeline
    private let page: MetricsPage
    private let unpriced: UnpricedCalls
    private let pricer: Pricer
    private let clock: FuzzClock
    private let knownCost: Dollars
    private let sent = Atomic<Int>(0)
    private let knownBatches = Atomic<Int>(0)

    /// Joins the rooms.
    ///
    /// - Parameters:
    ///   - files: Price files over the embedded book.
    ///   - modelLabel: Where the value of the `model` label comes from.
    /// - Throws: ``PricingError`` when a file is refused.
    package init(files: [String] = [PriceFileGenerator.accepted], modelLabel: ModelLabel = .response) throws {
        let symbols = SymbolTable()
        let store = MetricsStore(seriesCeiling: 3_000, keptForKnown: 1_500)
        let metrics = ServiceMetrics(store: store, build: nil)
        var configuration = ModelCallMetricsConfiguration()
        configuration.addViews()
        let attributions = AttributionTable(
            rules: [
                LabelRule(
                    name: "team",
                    sources: [
                        .span("team"), .ancestor("team"), .resource("team"), .call(.region), .call(.bookID),
                        .call(.tier),
                    ], isOnHistograms: true, maxValues: 5)
            ], hidden: configuration.viewLabels, symbols: symbols)
        let clock = FuzzClock()
        self.clock = clock
        let own = try files.map { try PriceFile($0, file: "generated.yaml") }
        let book = try PriceBook.embedded().with(own)
        let shadow = ShadowPrices.Book(name: "other", book: book)
        symbols.know(BookValues(of: [book]))
        let tenants = TenantTable([book.tenants], symbols: symbols)
        var pricing = PricerConfiguration()
        pricing.allowsApproximate = true
        symbols.know(BookValues(of: [book], configuration: pricing) { tenants.value(of: $1, in: $0) })
        let pricer = Pricer(book: book, symbols: symbols, configuration: pricing, countsClock: true) {
            tenants.value(of: $1, in: $0)
        }
        self.pricer = pricer
        let labels = ModelLabels(symbols: symbols, choice: modelLabel, unknownLimit: 50) {
            pricer.book.modelID(of: $2, provider: $0, host: $1, allowsApproximate: false)
        }
        let calls = ModelCallMetrics(
            store: store, symbols: symbols, attributions: attributions, labels: labels, configuration: configuration)
        calls.charge(book.meteredModels, from: clock.moment)
        unpriced = UnpricedCalls(symbols: symbols, limit: 50)
        let shadows = ShadowPrices(
            store: store, symbols: symbols, labels: labels, books: [shadow], pricing: pricing, from: clock.moment
        ) { tenants.value(of: $1, in: $0) }
        var billing = BillingConfiguration()
        billing.settleNanoseconds = FuzzClock.settle
        billing.maxWaiting = 256
        billing.rememberedKeys = 1_024
        billing.rememberedParents = 1_024
        let biller = Biller(configuration: billing) { attributions.inherit($0, from: $1) }
        pipeline = IngestPipeline(
            symbols: symbols, attributions: attributions, tenants: tenants.reading, biller: biller, pricer: pricer,
            sinks: [calls, unpriced, shadows], fates: metrics,
            monotonicNanoseconds: { clock.moment.monotonicNanoseconds })
        page = MetricsPage(
            store: store,
            health: [
                SettleMetrics(store: store, showsAge: false) { biller.levels },
                PricingMetrics(store: store, service: metrics) {
                    0
                } forgottenGroups: {
                    calls.forgottenGroups
                } saturatedPrices: {
                    calls.saturatedPrices + shadows.saturatedPrices
                },
                SeriesMetrics(store: store, service: metrics),
            ])
        var question = PriceQuestion(model: "gpt-4o")
        question.provider = "openai"
        question.usage = Self.knownUsage
        guard case .priced(_, let cost) = book.price(question).outcome else { throw FuzzFailure("gpt-4o has no price") }
        knownCost = cost
    }

    /// The time now, in nanoseconds since 1970.
    package var now: UInt64 { clock.moment.wallNanoseconds }

    /// Takes a body, and lets a little time pass.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - spans: How many spans it has that have an identity.
    ///   - nameless: How many have none.
    ///   - isJSON: Whether it is OTLP/JSON.
    /// - Throws: ``FuzzFailure`` when the receipt says something else.
    package func take(_ body: [UInt8], spans: Int, nameless: Int, isJSON: Bool = false) throws {
        let receipt = try pipeline.ingest(
            body.span,
            arrival: BodyArrival(form: BodyForm(encoding: isJSON ? .json : .protobuf), nanoseconds: now),
            reserve: { _ in true })
        sent.wrappingAdd(spans + nameless, ordering: .relaxed)
        try require(receipt.acceptedSpans, spans, "spans taken of a body")
        try require(receipt.rejectedSpans, nameless, "spans refused of a body")
        clock.advance()
        pipeline.settleDue(arrivalNanoseconds: now)
    }

    /// Checks what must hold at any time, then that a batch whose cost is known is counted exactly.
    ///
    /// - Throws: ``FuzzFailure`` that says what does not hold.
    package func check() throws {
        try checkSums(ExactSamples(text))
        let before = flushed()
        try checkSums(before)
        let number = knownBatches.wrappingAdd(1, ordering: .relaxed).newValue
        try take(Self.knownBatch(number, at: now), spans: Self.knownCalls, nameless: 0)
        let after = flushed()
        func grown(_ family: String) -> Int128 { after.sum(family) - before.sum(family) }
        let calls = Int128(Self.knownCalls)
        try require(grown("llm_requests_total"), calls * Self.one, "requests of a known batch")
        try require(grown("llm_tokens_used_total"), calls * 1_100 * Self.one, "tokens of a known batch")
        // Machines that are paid by the clock cost something meanwhile.
        let priced = after.sum("llm_token_cost_dollars_total") - before.sum("llm_token_cost_dollars_total")
        let fees =
            after.sum("llm_token_cost_dollars_total", "token_type=\"fee\"")
            - before.sum("llm_token_cost_dollars_total", "token_type=\"fee\"")
        try require(priced - fees, calls * knownCost.femtodollars, "cost of a known batch")
        _ = unpriced.list(book: pricer.book, allowsApproximate: true).json
    }

    private func checkSums(_ samples: ExactSamples) throws {
        let spans = "llm_cost_exporter_spans_total"
        let waiting = samples.sum("llm_cost_exporter_settle_pending_spans")
        try require(
            samples.sum(spans) + waiting, Int128(sent.load(ordering: .relaxed)) * Self.one, "outcomes and waiting spans"
        )
        try require(samples.sum("llm_requests_total"), samples.sum(spans, "outcome=\"counted\""), "requests")
        let tokens = samples.sum("llm_tokens_used_total")
        try require(samples.sum("gen_ai_client_token_usage_sum"), tokens, "tokens by class and by side")
        guard samples.sum("llm_cost_exporter_usage_anomalies_total", "anomaly=\"saturated_sum\"") == 0 else { return }
        let cost = samples.sum("llm_cost_dollars_total")
        try require(samples.sum("llm_cost_by_source_dollars_total"), cost, "cost by source")
        try require(samples.sum("llm_cost_by_provider_dollars_total"), cost, "cost by provider")
        try require(samples.sum("llm_token_cost_dollars_total"), cost, "lines of the cost")
        // Label sets that found no room are added up elsewhere, each family for itself.
        guard samples.sum("llm_cost_exporter_series_overflowed_total") == 0 else { return }
        let lines = samples.sums("llm_token_cost_dollars_total", without: "token_type")
        for (labels, cost) in samples.sums("llm_cost_dollars_total", without: "token_type") {
            try require(lines[labels] ?? 0, cost, "lines of the cost of \(labels)")
        }
    }

    /// The counters once everything that waits is decided.
    private func flushed() -> ExactSamples {
        // An aggregate may wait a second time.
        for _ in 0..<3 {
            clock.settle()
            pipeline.settleDue(arrivalNanoseconds: now)
        }
        return ExactSamples(text)
    }

    private var text: String { String(decoding: page.render(.prometheusText), as: UTF8.self) }

    private func require<Number: Equatable>(_ found: Number, _ wanted: Number, _ what: String) throws {
        guard found != wanted else { return }
        throw FuzzFailure("\(what): \(found) instead of \(wanted)")
    }

    private static let one: Int128 = 1_000_000_000_000_000
    private static let knownCalls = 20

    private static var knownUsage: TokenUsage {
        var usage = TokenUsage()
        usage[.input] = 1_000
        usage[.output] = 100
        return usage
    }

    /// Calls of a priced model in traces of their own.
    private static func knownBatch(_ number: Int, at now: UInt64) -> [UInt8] {
        let spans = (0..<knownCalls).map { call in
            let id = (0..<8).map { UInt8(truncatingIfNeeded: (number << 8 | call) >> ($0 * 8)) }
            var span = TraceRequestWriter.Span(
                traceID: [0xAB, 0xCD, 0, 0, 0, 0, 0, 1] + id, spanID: [0xC0] + id.prefix(7),
                attributes: [
                    ("gen_ai.operation.name", .string("chat")), ("gen_ai.provider.name", .string("openai")),
                    ("gen_ai.request.model", .string("gpt-4o")), ("gen_ai.usage.input_tokens", .int(1_000)),
                    ("gen_ai.usage.output_tokens", .int(100)),
                ])
            span.startNanoseconds = now - 1_000_000_000
            span.endNanoseconds = now
            return span
        }
        return TraceRequestWriter().request(
            resource: [("service.name", .string("known"))], scope: "known", spans: spans)
    }
}

/// A condition that is not met.
package struct FuzzFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// A clock that moves a little with each body, and further when everything is to be decided.
private final class FuzzClock: Sendable {
    private let nanoseconds = Atomic<UInt64>(77)

    static let settle: UInt64 = 50_000_000

    var moment: ClockMoment {
        let now = nanoseconds.load(ordering: .relaxed)
        return ClockMoment(monotonicNanoseconds: now, wallNanoseconds: now + 1_795_000_000_000_000_000)
    }

    func advance() { nanoseconds.wrappingAdd(7_000_000, ordering: .relaxed) }

    func settle() { nanoseconds.wrappingAdd(Self.settle * 2, ordering: .relaxed) }
}
