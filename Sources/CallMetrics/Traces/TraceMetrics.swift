// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import GenAI
package import Pricing
import Synchronization

/// Observes what traces and sessions cost, once each, when they have ended.
package final class TraceMetrics: CallSink, HealthSeries {
    private struct State {
        var sums: TraceSums
        var labels: TraceLabels
        /// The session of the call that was read last.
        var session: [UInt8] = []
        /// Where that session was, if that generation is full.
        var held = HeldDimensions()
    }

    private let store: MetricsStore
    private let symbols: SymbolTable
    private let attributions: AttributionTable
    private let families: TraceFamilies
    private let dimensions: DimensionTable?
    /// The index of the dimension whose values are sessions; `nil` without one.
    private let sessionRule: Int?
    private let outlivesProcess: Bool
    private let state: Mutex<State>

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - configuration: When traces and sessions end.
    ///   - store: Where the families go.
    ///   - symbols: The table that made the calls' symbols.
    ///   - attributions: The labels that settings add; those on histograms are on these histograms.
    ///   - dimensions: Has the sessions of calls; `nil` if none are read.
    ///   - session: The name of the dimension whose values are sessions.
    ///   - salt: A secret for hashes of ids and names that senders choose; it has to outlive the process if traces do.
    ///   - outlivesProcess: Whether a later process continues the open traces and sessions; it has to get the same times.
    ///     Otherwise the end of the process ends them all.
    package init(
        _ configuration: TraceMetricsConfiguration, store: MetricsStore, symbols: SymbolTable,
        attributions: AttributionTable, dimensions: DimensionTable? = nil, session: String,
        salt: UInt64 = .random(in: .min ... .max), outlivesProcess: Bool
    ) {
        (self.store, self.symbols, self.attributions, self.dimensions) = (store, symbols, attributions, dimensions)
        self.outlivesProcess = outlivesProcess
        sessionRule = dimensions?.rules.firstIndex { $0.name == session }
        let labels = TraceLabels(rules: attributions.shown.filter(\.isOnHistograms))
        families = store.update { TraceFamilies(in: &$0, labels: labels.names) }
        state = Mutex(State(sums: TraceSums(configuration, salt: salt), labels: labels))
    }

    // MARK: Receiving

    package func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        guard let now = arrivalNanoseconds else { return }
        state.withLock { state in
            var ended = TraceSums.Ended()
            state.sums.pass(to: now, &ended)
            state.labels.begin(calls.generation)
            let (all, verdicts) = (calls.calls.span, calls.verdicts.span)
            for index in all.indices { add(all[index], verdicts[index], calls.cards, at: now, &state, &ended) }
            observe(ended, &state, at: now)
        }
    }

    @inline(__always)
    private func add(
        _ call: borrowing ModelCall, _ verdict: PriceVerdict, _ cards: RateCards, at now: UInt64,
        _ state: inout State, _ ended: inout TraceSums.Ended
    ) {
        guard let (index, isNew) = state.sums.index(of: call.identity, at: now, &ended) else { return }
        if isNew { begin(index, call, verdict.card, cards, at: now, &state) }
        state.sums.open.sums[index].add(
            verdict.cost(of: call, cards), tokens: call.usage.totalInput &+ call.usage.totalOutput)
        let dimensions = call.dimensions
        if dimensions.number != 0, state.sums.open.sums[index].session == 0 {
            lookForSession(index, dimensions, at: now, &state)
        }
    }

    @inline(never)
    private func begin(
        _ index: Int, _ call: borrowing ModelCall, _ card: UInt32?, _ cards: RateCards, at now: UInt64,
        _ state: inout State
    ) {
        let labels = state.labels.index(of: call, card, cards, attributions, symbols)
        state.sums.open.sums[index].labels = labels
        makeSeries(labels, withSession: false, at: now, &state)
    }

    /// Finds the session of a trace in the dimensions of a call, and looks only once into a set without one.
    @inline(never)
    private func lookForSession(_ index: Int, _ set: DimensionSet, at now: UInt64, _ state: inout State) {
        guard let dimensions, let sessionRule, state.sums.open.sums[index].withoutSession != set.number else { return }
        guard dimensions.read(sessionRule, of: set, by: &state.held, into: &state.session) else {
            state.sums.open.sums[index].withoutSession = set.number
            return
        }
        state.sums.open.sums[index].session = state.sums.hash(ofSession: state.session.span)
        makeSeries(state.sums.open.sums[index].labels, withSession: true, at: now, &state)
    }

    /// Makes series at the first call that needs them.
    ///
    /// So the order of the calls decides which label sets find room, as it does for the series of calls, and not the moment at
    /// which a trace is observed.
    private func makeSeries(_ labels: Int32, withSession: Bool, at now: UInt64, _ state: inout State) {
        guard !state.labels.hasSeries(labels, withSession: withSession) else { return }
        store.update { registry in
            _ = state.labels.series(labels, withSession: withSession, families, symbols, in: &registry, now)
        }
    }

    // MARK: Observing

    package func advance(to moment: ClockMoment, isLast: Bool) {
        guard !outlivesProcess else { return }
        state.withLock { state in
            var ended = TraceSums.Ended()
            if isLast { state.sums.endAll(&ended) } else { state.sums.pass(to: moment.wallNanoseconds, &ended) }
            observe(ended, &state, at: moment.wallNanoseconds)
        }
    }

    package func needsTime(at moment: ClockMoment) -> Bool {
        outlivesProcess && state.withLock { $0.sums.needsTime(at: moment.wallNanoseconds) }
    }

    private func observe(_ ended: TraceSums.Ended, _ state: inout State, at now: UInt64) {
        guard !ended.isEmpty else { return }
        store.update { registry in
            var (unpricedTraces, unpricedSessions): (Int128, Int128) = (0, 0)
            for trace in ended.traces {
                let series = state.labels.series(
                    trace.labels, withSession: false, families, symbols, in: &registry, now)
                registry.observe(trace.calls, in: series.calls)
                registry.observe(trace.tokens, in: series.tokens)
                if trace.unpriced > 0 {
                    unpricedTraces += 1
                } else {
                    registry.observe(large: max(0, trace.cost.femtodollars), in: series.cost)
                }
            }
            for session in ended.sessions {
                let series = state.labels.series(
                    session.labels, withSession: true, families, symbols, in: &registry, now)
                if session.unpriced > 0 {
                    unpricedSessions += 1
                } else if let cost = series.sessionCost {
                    registry.observe(large: max(0, session.cost.femtodollars), in: cost)
                }
            }
            registry.add(unpricedTraces, to: families.unpricedTraces)
            registry.add(unpricedSessions, to: families.unpricedSessions)
            registry.add(Int128(ended.lateCalls), to: families.lateCalls)
            registry.add(Int128(ended.earlyTraces), to: families.earlyTraces)
            registry.add(Int128(ended.earlySessions), to: families.earlySessions)
        }
    }

    package func refresh() {
        let open = state.withLock { $0.sums.open.count }
        store.update { $0.set(Int128(open), of: families.open) }
    }

    // MARK: Outliving the process

    /// Takes the series and the open sums in one moment, so that each trace is in exactly one of them.
    ///
    /// - Parameter snapshot: Takes the series.
    /// - Returns: The open sums.
    package func save(_ snapshot: () -> Void) -> TraceState {
        state.withLock { state in
            snapshot()
            var saved = TraceState()
            (saved.traces, saved.sessions) = (state.sums.open.sums, state.sums.sessions.sums)
            (saved.ended, saved.swept) = (state.sums.ended.filter { $0 != 0 }, state.sums.swept)
            saved.labelNames = state.labels.names
            saved.takeLabels(from: state.labels.texts)
            return saved
        }
    }

    /// Continues the open sums of an earlier process; called before any call is counted.
    ///
    /// For labels that the settings have added since then, open traces have no value.
    package func restore(_ saved: TraceState) {
        state.withLock { state in
            let columns = state.labels.names.map { saved.labelNames.firstIndex(of: $0) }
            let indices = saved.labels.map { values in
                state.labels.index(of: columns.map { $0.map { values[$0] } ?? "" })
            }
            func relabelled(_ sums: [OpenSum]) -> [OpenSum] {
                sums.map { sum in
                    var sum = sum
                    sum.labels = indices[Int(saved.labelIndex(of: sum))]
                    return sum
                }
            }
            state.sums.restore(
                traces: relabelled(saved.traces), sessions: relabelled(saved.sessions), ended: saved.ended,
                swept: saved.swept)
        }
    }
}
