// SPDX-License-Identifier: Apache-2.0
package import Billing
package import GenAI
package import Ingest
package import OTLP
package import Pricing
import Synchronization

/// Records why each span was counted and priced as it was; it decides nothing itself.
///
/// A pipeline gets it as ``BatchObserver`` and as `CallSink`, and a biller that records fates. Its memory grows with the
/// input, so it is for bodies in files.
package final class Explainer: BatchObserver, CallSink {
    private let symbols: SymbolTable
    private let attributions: AttributionTable
    private let gathered = Mutex(GatheredSpans())

    /// Makes an explainer that has seen nothing.
    ///
    /// - Parameters:
    ///   - symbols: The table that makes the symbols of the calls.
    ///   - attributions: The labels that settings add.
    package init(symbols: SymbolTable, attributions: AttributionTable) {
        self.symbols = symbols
        self.attributions = attributions
    }

    /// Names the body that comes next.
    ///
    /// - Parameter body: Its name, for people.
    package func begin(body: String) { gathered.withLock { $0.body = body } }

    package var needsAccounts: Bool { true }

    package func observe(
        _ batch: SpanBatch, body: Span<UInt8>, arrival: BodyArrival, spans: borrowing InterpretedSpans
    ) {
        var nextCall = 0
        var found: [GatheredSpan] = []
        for (span, account) in zip(batch.spans, spans.accounts) {
            let scope = batch.scopes[Int(span.scope)]
            var explanation = SpanExplanation(
                number: 0, body: "",
                identity: SpanIdentity(
                    traceIDHigh: span.traceIDHigh, traceIDLow: span.traceIDLow, spanID: span.spanID),
                parentSpanID: span.parentSpanID, name: Self.beginning(of: span.name, in: body),
                scope: Self.beginning(of: scope.name, in: body),
                scopeVersion: Self.beginning(of: scope.version, in: body), account: account)
            var call: ModelCall?
            if account.kind != .neither {
                let own = spans.calls[nextCall]
                nextCall += 1
                explanation.call = words(of: own, card: nil)
                call = own
            }
            found.append(GatheredSpan(explanation: explanation, call: call))
        }
        gathered.withLock { gathered in
            gathered.invalid += batch.refused.total
            for span in found { gathered.append(span) }
        }
    }

    package func decided(_ report: BillingReport) {
        gathered.withLock { gathered in
            for fate in report.fates { gathered.note(fate) }
        }
    }

    package func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        for (priced, verdict) in zip(calls, calls.verdicts) {
            let price = PriceExplanation(priced, verdict, cards: calls.cards)
            let words = words(of: priced.call, card: verdict.card.map { calls.cards[Int($0)] })
            gathered.withLock { $0.note(priced.call, words, price) }
        }
    }

    /// What was gathered; complete once everything that waits is settled.
    package var explanation: Explanation { gathered.withLock { $0.explanation } }

    /// How much of a name is shown: names of spans may carry what a user wrote.
    private static let longestName = 80

    private static func beginning(of range: ByteRange, in body: Span<UInt8>) -> String {
        // Four bytes a character are enough for the cut, and spare decoding what is longer than any name.
        let most = min(Int(range.length), 4 * longestName + 4)
        let text = ByteRange(offset: Int(range.offset), length: most).text(in: body)
        guard text.count > longestName || most < Int(range.length) else { return text }
        return text.prefix(longestName - 1) + "…"
    }

    private func words(of call: ModelCall, card: RateCard?) -> CallExplanation {
        var words = CallExplanation()
        words.operation = symbols.text(of: call.operation)
        words.requestModel = symbols.text(of: call.requestModel)
        words.responseModel = symbols.text(of: call.responseModel)
        words.provider = symbols.text(of: call.provider)
        words.serverAddress = symbols.text(of: call.serverAddress)
        words.tier = symbols.text(of: call.tier)
        words.inferenceGeo = symbols.text(of: call.inferenceGeo)
        words.units = call.units
        words.errorType = symbols.text(of: call.errorType)
        words.hasFailed = call.hasFailed
        words.isStream = call.isStream
        words.startNanoseconds = call.startNanoseconds
        words.endNanoseconds = call.endNanoseconds
        words.timeToFirstTokenNanoseconds = call.timeToFirstTokenNanoseconds
        words.usage = TokenUsage(call.usage)
        words.reportsUsage = call.reportsUsage
        words.sides = call.sides
        words.reportedCost = call.reportedFemtodollars.map { Dollars(femtodollars: Int128($0)) }
        let texts = attributions.texts(of: call.attribution.number, card: card, symbols: symbols)
        words.labels = zip(attributions.shown, texts).map { ($0.name, $1) }
        return words
    }
}
