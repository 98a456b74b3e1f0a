// SPDX-License-Identifier: Apache-2.0
package import Billing
package import CallMetrics
import Exposition
package import GenAI
package import Ingest
package import OTLP
package import Pricing
import Synchronization
package import TestData

/// The rooms joined without a clock, and what they show.
package struct Replayed {
    package let pipeline: IngestPipeline
    package let pricer: Pricer
    package let unpriced: UnpricedCalls
    package let tenants: TenantTable
    package let symbols: SymbolTable
    package let labels: ModelLabels
    package let metrics: ServiceMetrics
    private let page: MetricsPage
    private let calls: ModelCallMetrics
    private let shadows: ShadowPrices
    private let books: BookMetrics?
    private let clock: HandClock?

    package init(
        calls: ModelCallMetricsConfiguration = ModelCallMetricsConfiguration(), seriesCeiling: Int = 100_000,
        billing: BillingConfiguration = BillingConfiguration(), labels: [LabelRule] = [],
        attributes: [CustomDialect.Field: [String]] = [:], pricing: PricerConfiguration = PricerConfiguration(),
        book: PriceBook? = nil, modelLabel: ModelLabel = .response, unknownModels: Int = 200,
        unpricedLimit: Int = 200, shadows: [ShadowPrices.Book] = [], clock: HandClock? = nil,
        showsBook: Bool = false, slice: SliceSize? = nil, ingest: IngestConfiguration = IngestConfiguration(),
        limits: [Vocabulary: Int] = [:], matchedModels: Int = 1_000,
        keptForKnown: Int = 0, observers: [any BatchObserver] = [], journal: (any ArrivalJournal)? = nil,
        sums: (any ModelSumSink)? = nil,
        sinks: (CallTexts) -> [any CallSink] = { _ in [] }
    ) throws {
        let symbols = SymbolTable(limits: limits, ownNameLimit: matchedModels)
        self.symbols = symbols
        let store = MetricsStore(seriesCeiling: seriesCeiling, keptForKnown: keptForKnown)
        let metrics = ServiceMetrics(store: store, build: nil)
        self.metrics = metrics
        let attributions = AttributionTable(rules: labels, hidden: calls.viewLabels, symbols: symbols)
        let first = try book ?? PriceBook.embedded()
        let books = [first] + shadows.map(\.book)
        symbols.know(BookValues(of: books))
        let tenants = TenantTable([first.tenants] + shadows.map(\.book.tenants), symbols: symbols)
        self.tenants = tenants
        symbols.know(BookValues(of: books, configuration: pricing) { tenants.value(of: $1, in: $0) })
        let pricer = Pricer(
            book: first, symbols: symbols, configuration: pricing, countsClock: clock != nil
        ) { tenants.value(of: $1, in: $0) }
        self.pricer = pricer
        self.clock = clock
        let names = ModelLabels(
            symbols: symbols, choice: modelLabel, unknownLimit: unknownModels, matchedLimit: matchedModels
        ) {
            pricer.book.modelID(of: $2, provider: $0, host: $1, allowsApproximate: false)
        }
        self.labels = names
        let sink = ModelCallMetrics(
            store: store, symbols: symbols, attributions: attributions, labels: names, configuration: calls,
            sums: sums)
        if let clock { sink.charge(first.meteredModels, from: clock.moment) }
        self.calls = sink
        self.books = showsBook ? BookMetrics(store: store, labels: names) : nil
        self.books?.show(first)
        unpriced = UnpricedCalls(symbols: symbols, limit: unpricedLimit)
        let other = ShadowPrices(
            store: store, symbols: symbols, labels: names, books: shadows, pricing: pricing, from: clock?.moment
        ) { tenants.value(of: $1, in: $0) }
        self.shadows = other
        var monotonic: (@Sendable () -> UInt64)?
        if let clock { monotonic = { clock.moment.monotonicNanoseconds } }
        let more = sinks(
            CallTexts(symbols: symbols, attributions: attributions, labels: names) {
                pricer.book.providerID(reported: $0, host: $1, model: $2)
            })
        var ingest = ingest
        if let slice { ingest.slice = slice }
        pipeline = IngestPipeline(
            configuration: ingest,
            dialects: attributes.isEmpty ? Dialects.all : [CustomDialect(attributes)] + Dialects.all, symbols: symbols,
            attributions: attributions, tenants: tenants.reading,
            biller: Biller(
                configuration: billing, inherit: { attributions.inherit($0, from: $1) }, journal: journal),
            pricer: pricer, observers: observers, sinks: [sink, unpriced, other] + more, fates: metrics,
            monotonicNanoseconds: monotonic)
        var configuration = MetricsPageConfiguration()
        configuration.isSorted = true
        // The figures of the biller and of limits are not of interest here, and 0 on each page.
        page = MetricsPage(
            store: store,
            health: [
                SettleMetrics(store: store, showsAge: false) { BillingLevels() },
                PricingMetrics(store: store, service: metrics) {
                    0
                } forgottenGroups: {
                    0
                } saturatedPrices: {
                    0
                },
                LabelMetrics(store: store, labels: []), SeriesMetrics(store: store, service: metrics),
            ], configuration: configuration)
    }

    /// Takes a body of spans.
    @discardableResult
    package func ingest(
        _ body: [UInt8], coding: ContentCoding = .identity, encoding: BodyEncoding = .protobuf,
        arrivalNanoseconds: UInt64? = nil
    ) throws(IngestError) -> IngestReceipt {
        try pipeline.ingest(
            body.span,
            arrival: BodyArrival(
                form: BodyForm(encoding: encoding, coding: coding), nanoseconds: arrivalNanoseconds),
            reserve: { _ in true })
    }

    /// Takes spans in one body.
    package func ingest(
        _ spans: [TraceRequestWriter.Span], arrivalNanoseconds: UInt64? = nil
    ) throws(IngestError) {
        try ingest(TraceRequestWriter().request(spans: spans), arrivalNanoseconds: arrivalNanoseconds)
    }

    /// Lets time pass, and counts nothing.
    package func letTimePass(seconds: Double) { clock?.advance(seconds: seconds) }

    /// Lets time pass, and counts what is due then.
    package func pass(seconds: Double) {
        clock?.advance(seconds: seconds)
        pipeline.settleDue(arrivalNanoseconds: clock?.moment.wallNanoseconds ?? 0)
    }

    /// Puts another book in force, as a reload does.
    package func reload(_ book: PriceBook, shadows: [ShadowPrices.Book] = []) {
        symbols.know(BookValues(of: [book] + shadows.map(\.book)) { [tenants] in tenants.value(of: $1, in: $0) })
        pipeline.read(tenants.read(for: [pricer.book.tenants, book.tenants]) ?? tenants.reading)
        if let moment = clock?.moment { calls.charge(book.meteredModels, from: moment) }
        pricer.replace(book: book)
        self.shadows.replace(shadows, pricing: pricer.configuration, at: clock?.moment)
        books?.show(book)
    }

    /// How often calls found no room among those who share the price of a minute.
    package var payerOverflows: UInt64 { calls.payerOverflows }

    /// The number of groups of calls that were forgotten at their ceiling.
    package var forgottenGroups: UInt64 { calls.forgottenGroups }

    /// The sample lines of a family as they are now, without its name, while calls may still wait.
    package func present(_ family: String) -> [String] {
        String(decoding: page.render(.prometheusText), as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix(family + "{") }.map { String($0.dropFirst(family.count)) }
    }

    /// The sample lines of a family, without its name.
    package func samples(_ family: String) -> [String] {
        lines(family + "{").map { String($0.dropFirst(family.count)) }
    }

    /// The sample lines that begin with a name.
    package func lines(_ prefix: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
    }

    /// The exposition once everything that waits is counted.
    package var text: String {
        pipeline.settleAll(arrivalNanoseconds: clock?.moment.wallNanoseconds)
        return String(decoding: page.render(.prometheusText), as: UTF8.self)
    }
}

/// A clock that moves only when told to.
package final class HandClock: Sendable {
    private let nanoseconds = Atomic<UInt64>(77)

    package init() {}

    package var moment: ClockMoment {
        let now = nanoseconds.load(ordering: .relaxed)
        return ClockMoment(monotonicNanoseconds: now, wallNanoseconds: now + 1_790_000_002_000_000_000)
    }

    package func advance(seconds: Double) {
        nanoseconds.wrappingAdd(UInt64((seconds * 1e9).rounded()), ordering: .relaxed)
    }
}

/// A span of a chat with a priced model.
package func chat(_ number: UInt8, _ more: [(key: String, value: TraceRequestWriter.Value)] = [])
    -> TraceRequestWriter.Span
{
    TraceRequestWriter.Span(
        traceID: [UInt8](1...16), spanID: [0, 0, 0, 0, 0, 0, 1, number],
        attributes: [
            ("gen_ai.operation.name", .string("chat")), ("gen_ai.provider.name", .string("openai")),
            ("gen_ai.request.model", .string("gpt-4o")),
        ] + more)
}

/// Input and output tokens as attributes.
package func usage(_ input: Int64, _ output: Int64) -> [(key: String, value: TraceRequestWriter.Value)] {
    [("gen_ai.usage.input_tokens", .int(input)), ("gen_ai.usage.output_tokens", .int(output))]
}

/// The embedded book with a price file over it.
package func book(_ yaml: String) throws -> PriceBook {
    try PriceBook.load([PriceBook.Source(name: "prices.yaml", bytes: Array(("format: pricebook/1\n" + yaml).utf8))])
}

extension TraceRequestWriter.Span {
    /// The same span for another model.
    package func asking(_ model: String, answered: String? = nil) -> Self {
        var span = self
        span.attributes[2].value = .string(model)
        if let answered { span.attributes.append(("gen_ai.response.model", .string(answered))) }
        return span
    }

    /// The same span as one that failed.
    package var failing: Self {
        var span = self
        span.status = 2
        return span
    }
}
