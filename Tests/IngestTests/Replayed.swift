// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Billing
import Exposition
import GenAI
import Ingest
import Pricing
import TestData

/// The rooms joined without a clock, and what they show.
struct Replayed {
    let pipeline: IngestPipeline
    let pricer: Pricer
    let unpriced: UnpricedLedger
    private let page: MetricsPage

    init(
        calls: ModelCallMetricsConfiguration = ModelCallMetricsConfiguration(), seriesCeiling: Int = 100_000,
        billing: BillingConfiguration = BillingConfiguration(), labels: [LabelRule] = [],
        attributes: [CustomDialect.Field: [String]] = [:], pricing: PricerConfiguration = PricerConfiguration(),
        book: PriceBook? = nil, modelLabel: ModelLabel = .response, unknownModels: Int = 200,
        unpricedLimit: Int = 200, shadows: [ShadowPrices.Book] = []
    ) throws {
        let symbols = SymbolTable()
        let store = MetricsStore(seriesCeiling: seriesCeiling)
        let metrics = ServiceMetrics(store: store, version: nil)
        let attributions = AttributionTable(rules: labels)
        let pricer = Pricer(book: try book ?? PriceBook.embedded(), symbols: symbols, configuration: pricing)
        self.pricer = pricer
        let names = ModelLabels(symbols: symbols, choice: modelLabel, unknownLimit: unknownModels) {
            pricer.book.modelID(of: $2, provider: $0, host: $1, allowsApproximate: false)
        }
        let sink = ModelCallMetrics(
            store: store, symbols: symbols, attributions: attributions, labels: names, configuration: calls)
        unpriced = UnpricedLedger(symbols: symbols, limit: unpricedLimit)
        let other = ShadowPrices(store: store, symbols: symbols, labels: names, books: shadows, pricing: pricing)
        pipeline = IngestPipeline(
            dialects: attributes.isEmpty ? Dialects.all : [CustomDialect(attributes)] + Dialects.all, symbols: symbols,
            attributions: attributions,
            biller: Biller(configuration: billing) { attributions.inherit($0, from: $1) },
            pricer: pricer, sinks: [sink, unpriced, other], metrics: metrics)
        var configuration = MetricsPageConfiguration()
        configuration.isSorted = true
        page = MetricsPage(store: store, metrics: metrics, configuration: configuration) { ServiceLevels() }
    }

    /// Takes a body of spans.
    @discardableResult
    func ingest(
        _ body: [UInt8], coding: ContentCoding = .identity, arrivalNanoseconds: UInt64? = nil
    ) throws(IngestError) -> IngestReceipt {
        try pipeline.ingest(
            body.span, form: BodyForm(coding: coding), arrivalNanoseconds: arrivalNanoseconds, reserve: { _ in true })
    }

    /// Takes spans in one body.
    func ingest(
        _ spans: [TraceRequestWriter.Span], arrivalNanoseconds: UInt64? = nil
    ) throws(IngestError) {
        try ingest(TraceRequestWriter().request(spans: spans), arrivalNanoseconds: arrivalNanoseconds)
    }

    /// The sample lines of a family, without its name.
    func samples(_ family: String) -> [String] {
        lines(family + "{").map { String($0.dropFirst(family.count)) }
    }

    /// The sample lines that begin with a name.
    func lines(_ prefix: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
    }

    /// The exposition once everything that waits is counted.
    var text: String {
        pipeline.settleAll(arrivalNanoseconds: nil)
        return String(decoding: page.render(.prometheusText), as: UTF8.self)
    }
}

/// A span of a chat with a priced model.
func chat(_ number: UInt8, _ more: [(key: String, value: TraceRequestWriter.Value)] = []) -> TraceRequestWriter.Span {
    TraceRequestWriter.Span(
        traceID: [UInt8](1...16), spanID: [0, 0, 0, 0, 0, 0, 1, number],
        attributes: [
            ("gen_ai.operation.name", .string("chat")), ("gen_ai.provider.name", .string("openai")),
            ("gen_ai.request.model", .string("gpt-4o")),
        ] + more)
}

/// Input and output tokens as attributes.
func usage(_ input: Int64, _ output: Int64) -> [(key: String, value: TraceRequestWriter.Value)] {
    [("gen_ai.usage.input_tokens", .int(input)), ("gen_ai.usage.output_tokens", .int(output))]
}

/// The embedded book with a price file over it.
func book(_ yaml: String) throws -> PriceBook {
    try PriceBook.load([PriceBook.Source(name: "prices.yaml", bytes: Array(("format: pricebook/1\n" + yaml).utf8))])
}

extension TraceRequestWriter.Span {
    /// The same span for another model.
    func asking(_ model: String, answered: String? = nil) -> Self {
        var span = self
        span.attributes[2].value = .string(model)
        if let answered { span.attributes.append(("gen_ai.response.model", .string(answered))) }
        return span
    }

    /// The same span as one that failed.
    var failing: Self {
        var span = self
        span.status = 2
        return span
    }
}
