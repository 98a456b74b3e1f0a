// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Explaining
import GenAI
import Ingest
import Pricing
import TestData

/// The rooms joined without a clock, and why they decide as they do.
struct Explained {
    private let pipeline: IngestPipeline
    private let explainer: Explainer

    init(labels: [LabelRule] = [], reportedCosts: ReportedCostPolicy = ReportedCostPolicy()) throws {
        let symbols = SymbolTable()
        let attributions = AttributionTable(rules: labels)
        let metrics = ServiceMetrics(store: MetricsStore(), build: nil)
        explainer = Explainer(symbols: symbols, attributions: attributions)
        var billing = BillingConfiguration()
        billing.recordsFates = true
        var pricing = PricerConfiguration()
        pricing.reportedCosts = reportedCosts
        let pricer = Pricer(book: try PriceBook.embedded(), symbols: symbols, configuration: pricing)
        pipeline = IngestPipeline(
            symbols: symbols, attributions: attributions,
            biller: Biller(configuration: billing) { attributions.inherit($0, from: $1) }, pricer: pricer,
            observers: [explainer], sinks: [explainer], fates: metrics)
    }

    /// Takes spans of one scope in one body.
    func ingest(
        _ spans: [TraceRequestWriter.Span], scope: String = "opentelemetry.instrumentation.test"
    ) throws(IngestError) {
        let body = TraceRequestWriter().request(scope: scope, spans: spans)
        _ = try pipeline.ingest(body.span, arrival: BodyArrival(), reserve: { _ in true })
    }

    /// Decides all that waits, and tells of everything.
    func settle() -> Explanation {
        pipeline.settleAll(arrivalNanoseconds: nil)
        return explainer.explanation
    }

    /// What is told of spans that come in one body.
    static func explain(_ spans: [TraceRequestWriter.Span]) throws -> Explanation {
        let explained = try Explained()
        try explained.ingest(spans)
        return explained.settle()
    }
}
