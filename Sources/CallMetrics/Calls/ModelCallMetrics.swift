// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import GenAI
package import Pricing
import Synchronization

/// Adds priced model calls to series; only here do OpenTelemetry's names become Prometheus names.
package final class ModelCallMetrics: CallSink {
    private let store: MetricsStore
    private let hostedWriter: HostedModelWriter
    private let labels: ModelLabels
    private let sums: (any ModelSumSink)?
    /// The quarter of an hour, since 1970 (UTC), in which sums were written last.
    private let quarter = Atomic<UInt64>(0)
    private let counts: CallCounts

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: Where the series go.
    ///   - symbols: The table that made the calls' symbols.
    ///   - attributions: The labels that settings add.
    ///   - labels: The names of models; by default those that answered.
    ///   - configuration: Buckets, and which families there are.
    ///   - sums: Receives the sums by model, those of machines that are paid by the clock included.
    package init(
        store: MetricsStore, symbols: SymbolTable, attributions: AttributionTable = AttributionTable(),
        labels: ModelLabels? = nil,
        configuration: ModelCallMetricsConfiguration = ModelCallMetricsConfiguration(),
        sums: (any ModelSumSink)? = nil
    ) {
        self.store = store
        self.sums = sums
        let labels = labels ?? ModelLabels(symbols: symbols)
        self.labels = labels
        let (families, views) = store.update { registry in
            (
                ModelCallFamilies(in: &registry, buckets: configuration.buckets, labels: attributions.shown),
                CallViews(configuration, attributions: attributions, symbols: symbols, in: &registry)
            )
        }
        hostedWriter = HostedModelWriter(families: families, attributions: attributions, labels: labels)
        let writer = ModelCallWriter(
            families: families, views: views, symbols: symbols, attributions: attributions, labels: labels,
            groupLimit: configuration.groupLimit, sums: sums)
        counts = CallCounts(writer: writer, meters: HostedModelMeters(payerLimit: configuration.payerLimit))
        store.write(counts)
    }

    /// Charges the machines of some models by the clock from now on, and the time until now by the prices of before.
    ///
    /// - Parameters:
    ///   - models: The models from now on, `PriceBook.meteredModels`.
    ///   - moment: The time now.
    package func charge(_ models: [HostedModel], from moment: ClockMoment) {
        counts.state.withLock { state in
            record(state.meters.replace(models, at: moment.monotonicNanoseconds), at: moment)
        }
    }

    /// How often calls found no room among those who share the price of a minute.
    package var payerOverflows: UInt64 { counts.state.withLock { $0.meters.overflows } }

    /// The number of calls whose price was cut down to the largest one that fits.
    package var saturatedPrices: UInt64 { counts.state.withLock { $0.writer.saturatedPrices } }

    /// The number of groups of calls with equal labels and prices that were forgotten because there were too many.
    package var forgottenGroups: UInt64 { counts.state.withLock { $0.writer.calls.forgotten } }

    package func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        guard !calls.isEmpty else { return }
        counts.state.withLock { state in
            store.update { registry in state.writer.record(calls, in: &registry, now: arrivalNanoseconds) }
            for use in state.writer.clockUses { state.meters.add(use) }
        }
    }

    /// Counts calls of an earlier process.
    ///
    /// The receiver of sums does not get them: its figures are of this one.
    package func receiveAgain(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        counts.state.withLock { $0.writer.handsOverSums = false }
        receive(calls, arrivalNanoseconds: arrivalNanoseconds)
        // The next calls must not wait in one sum with these.
        writeWaiting()
        counts.state.withLock { $0.writer.handsOverSums = true }
    }

    /// Writes the sums that wait, which otherwise happens before a scrape.
    package func writeWaiting() { counts.writePieces(to: store) }

    package func advance(to moment: ClockMoment, isLast: Bool) {
        // Sums by time are those of the time of writing, so that none waits for longer than its quarter of an hour.
        if sums != nil {
            let now = moment.wallNanoseconds / 900_000_000_000
            if quarter.exchange(now, ordering: .relaxed) != now { writeWaiting() }
        }
        counts.state.withLock { state in
            record(state.meters.tick(at: moment.monotonicNanoseconds, isLast: isLast), at: moment)
        }
    }

    private func record(_ charges: [HostedModelMeters.Charge], at moment: ClockMoment) {
        guard !charges.isEmpty else { return }
        store.charge { hostedWriter.charges(charges, in: &$0, now: moment.wallNanoseconds) }
        guard let sums else { return }
        let costs = charges.map { charge in
            var sum = ModelSum(
                row: sums.row(of: labels.text(of: charge.model), provider: charge.model.provider, card: nil))
            sum.cost = charge.amount
            return sum
        }
        sums.add(costs, at: moment.wallNanoseconds)
    }
}

/// Sums of model calls, which are written to series before a scrape.
private final class CallCounts: WaitingCounts {
    struct State {
        var writer: ModelCallWriter
        var meters: HostedModelMeters
    }

    let state: Mutex<State>

    /// The number of groups of calls that one hold of the locks writes, in a fraction of a millisecond.
    private static let piece = 512
    /// The largest number of pieces, with room for four times ``ModelCallMetricsConfiguration/groupLimit``.
    private static let mostPieces = 256

    init(writer: ModelCallWriter, meters: HostedModelMeters) { state = Mutex(State(writer: writer, meters: meters)) }

    /// Writes the waiting sums, except for a few calls that other threads add meanwhile.
    func writePieces(to store: MetricsStore) {
        // Other threads add a few calls between the pieces, which the last step of a scrape writes.
        for _ in 0..<Self.mostPieces {
            let isDone = state.withLock { state in
                store.update { state.writer.write(atMost: Self.piece, in: &$0) }
                return state.writer.waitingGroups == 0
            }
            if isDone { break }
        }
    }

    func write(to store: MetricsStore) -> SeriesSnapshot {
        writePieces(to: store)
        return state.withLock { state in
            store.update { registry in
                state.writer.write(in: &registry)
                return registry.snapshot
            }
        }
    }
}

/// How model calls are shown.
package struct ModelCallMetricsConfiguration: Sendable, Equatable {
    /// The bounds of the histograms.
    package var buckets = HistogramBuckets()

    /// Whether calls are also shown under the semantic conventions' names, `gen_ai_client_token_usage` and
    /// `gen_ai_client_operation_duration_seconds`, for dashboards made for those.
    ///
    /// Default false. File key `exposition.gen_ai_view`.
    package var conventionsView = false

    /// Whether calls are also shown under the names of the OpenLIT SDK, such as `gen_ai_usage_cost_USD`.
    ///
    /// Default false. File key `exposition.openlit_view`.
    package var openLITView = false

    /// The labels that the views read of spans and no family has under its name.
    package var viewLabels: [LabelRule] { openLITView ? OpenLITView.origin : [] }

    /// How many series may share the price of a minute of a model whose machines are paid by the clock; the shares of
    /// further ones go to one series, in which operation and added labels are `__overflow__`.
    ///
    /// Not a setting: it bounds the work at the end of a minute.
    package var payerLimit = 10_000

    /// The largest number of groups of calls that share labels and prices; a forgotten group that comes back finds its series
    /// by their labels.
    ///
    /// Not a setting: it bounds memory, at about a kilobyte a group.
    package var groupLimit = 32_768

    package init() {}

    /// Turns every view on, for a catalogue of all families.
    package mutating func addViews() { (conventionsView, openLITView) = (true, true) }
}
