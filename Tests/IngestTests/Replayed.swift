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
    private let page: MetricsPage

    init(
        calls: ModelCallMetricsConfiguration = ModelCallMetricsConfiguration(), seriesCeiling: Int = 100_000,
        billing: BillingConfiguration = BillingConfiguration(), labels: [LabelRule] = [],
        attributes: [CustomDialect.Field: [String]] = [:], pricing: PricerConfiguration = PricerConfiguration()
    ) throws {
        let symbols = SymbolTable()
        let store = MetricsStore(seriesCeiling: seriesCeiling)
        let metrics = ServiceMetrics(store: store, version: nil)
        let attributions = AttributionTable(rules: labels)
        let sink = ModelCallMetrics(
            store: store, symbols: symbols, attributions: attributions, configuration: calls)
        pipeline = IngestPipeline(
            dialects: attributes.isEmpty ? Dialects.all : [CustomDialect(attributes)] + Dialects.all, symbols: symbols,
            attributions: attributions,
            biller: Biller(configuration: billing) { attributions.inherit($0, from: $1) },
            pricer: Pricer(book: try PriceBook.embedded(), symbols: symbols, configuration: pricing),
            sinks: [sink], metrics: metrics)
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
    func ingest(_ spans: [TraceRequestWriter.Span]) throws(IngestError) {
        try ingest(TraceRequestWriter().request(spans: spans))
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
