// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Exposition
import GenAI
import OTLP
import Pricing
import TestData

/// A process that only observes traces.
final class TraceProcess {
    /// One call, and when it is counted.
    struct Counted {
        var trace: UInt64
        var model = "gpt-4o"
        /// The tokens; `nil` for a call that reports none.
        var input: Int64? = 1_000_000
        var hasFailed = false
        /// Empty for none.
        var session = ""
        var team = ""
        /// In nanoseconds since 1970.
        var time: UInt64
    }

    static let second: UInt64 = 1_000_000_000
    /// 2026-07-25T17:20:00Z.
    static let wall: UInt64 = 1_785_000_000_000_000_000
    private static let embedded = Result { try PriceBook.embedded() }

    let store = MetricsStore()
    let traces: TraceMetrics
    private let symbols = SymbolTable()
    private let attributions: AttributionTable
    private let dimensions = DimensionTable(rules: DimensionRule.defaults, monotonicNanoseconds: { 0 })
    private let pricer: Pricer
    private var span: UInt64 = 0

    /// Starts a process.
    ///
    /// - Parameters:
    ///   - outlivesProcess: Whether a later process continues the open traces.
    ///   - labels: The labels of the settings.
    ///   - change: Changes the configuration.
    /// - Throws: When the price book cannot be read.
    init(
        outlivesProcess: Bool = false, labels: [LabelRule] = [],
        _ change: (inout TraceMetricsConfiguration) -> Void = { _ in }
    ) throws {
        let book = try Self.embedded.get()
        symbols.know(BookValues(of: [book]))
        pricer = Pricer(book: book, symbols: symbols)
        attributions = AttributionTable(rules: labels, symbols: symbols)
        var configuration = TraceMetricsConfiguration()
        change(&configuration)
        traces = TraceMetrics(
            configuration, store: store, symbols: symbols, attributions: attributions, dimensions: dimensions,
            session: "session", salt: 0x5851_F42D_4C95_7F2D, outlivesProcess: outlivesProcess)
    }

    /// Counts calls, each in a batch of its own.
    func count(_ calls: [Counted]) {
        for call in calls {
            traces.receive(priced([call]), arrivalNanoseconds: call.time)
        }
    }

    /// Makes one batch of calls.
    func priced(_ calls: [Counted]) -> PricedCalls {
        pricer.price(calls.map { made($0) }, arrivalNanoseconds: calls.first?.time)
    }

    private func made(_ call: Counted) -> ModelCall {
        span += 1
        var made = ModelCall(identity: SpanIdentity(traceIDHigh: 3, traceIDLow: call.trace, spanID: span))
        made.requestModel = symbols.symbol(for: call.model, in: .model)
        made.provider = symbols.symbol(for: "openai", in: .provider)
        made.hasFailed = call.hasFailed
        if let input = call.input { (made.reportsUsage, made.usage[.input]) = (true, input) }
        if !call.session.isEmpty {
            made.dimensions = dimensions.set(ofRecorded: [
                DimensionTable.RecordedValue(
                    name: "session", own: 0, offer: .max, isHashed: false, text: call.session)
            ])
        }
        if !call.team.isEmpty {
            let own = attributions.shown.map { rule in
                rule.name == "team"
                    ? AttributionTable.Value(text: symbols.symbol(for: call.team, in: .label), rank: 0) : .none
            }
            made.attribution = attributions.attribution(
                of: AttributionTable.Entry(own: own, offers: own.map { _ in .none }))
        }
        return made
    }

    /// Lets time pass.
    func advance(to time: UInt64, isLast: Bool = false) {
        let moment = ClockMoment(monotonicNanoseconds: time, wallNanoseconds: time)
        traces.advance(to: moment, isLast: isLast)
        // As a journal does.
        if traces.needsTime(at: moment) { traces.receive(.none, arrivalNanoseconds: time) }
    }

    /// The shown samples of traces and sessions, by their names and labels.
    var shown: [String: String] {
        let page = MetricsPage(
            store: store, health: [traces],
            configuration: {
                var page = MetricsPageConfiguration()
                page.showsZeroFirst = false
                return page
            }())
        var samples: [String: String] = [:]
        for line in String(decoding: page.render(.prometheusText), as: UTF8.self).split(separator: "\n") {
            guard !line.hasPrefix("#"), let end = line.lastIndex(of: " ") else { continue }
            samples[String(line[..<end])] = String(line[line.index(after: end)...])
        }
        return samples
    }
}

/// The sums of traces and sessions, from all calls of a history.
struct ExpectedTraces: Equatable {
    var (traces, calls, tokens, late): (Int, Int, Int64, Int) = (0, 0, 0, 0)
    /// In units of 1e-15 dollars.
    var cost: Int128 = 0
    var (sessions, sessionCost): (Int, Int128) = (0, 0)
    var (unpricedTraces, unpricedSessions): (Int, Int) = (0, 0)

    /// Computes the sums, with the default settings.
    ///
    /// - Parameters:
    ///   - calls: The calls of `gpt-4o` and of models without a price, in their order.
    ///   - rate: The price of a token of `gpt-4o`, in units of 1e-15 dollars.
    init(_ calls: [TraceProcess.Counted], rate: Int128) {
        var ended: [(latest: UInt64, session: String, cost: Int128, isUnpriced: Bool)] = []
        for (_, all) in Dictionary(grouping: calls, by: \.trace) {
            var count = 1
            while count < all.count, all[count].time - all[count - 1].time < 60 * TraceProcess.second { count += 1 }
            late += all.count - count
            let own = all[..<count]
            let priced = own.filter { $0.model == "gpt-4o" }
            let sum = priced.reduce(Int128(0)) { $0 + Int128($1.input ?? 0) * rate }
            traces += 1
            self.calls += own.count
            tokens += own.reduce(0) { $0 + ($1.input ?? 0) }
            if priced.count == own.count { cost += sum } else { unpricedTraces += 1 }
            let session = own.first { !$0.session.isEmpty }?.session ?? ""
            ended.append((own[count - 1].time, session, sum, priced.count < own.count))
        }
        let bySession = Dictionary(grouping: ended.filter { !$0.session.isEmpty }, by: \.session)
        for traces in bySession.values.map({ $0.sorted { $0.latest < $1.latest } }) {
            var (first, index) = (0, 1)
            while first < traces.count {
                while index < traces.count,
                    traces[index].latest - traces[index - 1].latest <= 1_800 * TraceProcess.second
                {
                    index += 1
                }
                let one = traces[first..<index]
                sessions += 1
                if one.contains(where: \.isUnpriced) {
                    unpricedSessions += 1
                } else {
                    sessionCost += one.reduce(0) { $0 + $1.cost }
                }
                (first, index) = (index, index + 1)
            }
        }
    }

    /// Reads the sums from shown samples.
    init(_ shown: [String: String]) {
        func number(_ name: String) -> Int { Int(shown[name] ?? "") ?? 0 }
        func femtodollars(_ name: String) -> Int128 { (try? Dollars(shown[name] ?? "0").femtodollars) ?? -1 }
        (traces, calls) = (number("llm_trace_calls_count"), number("llm_trace_calls_sum"))
        tokens = Int64(number("llm_trace_tokens_sum"))
        late = number("llm_trace_late_calls_total")
        cost = femtodollars("llm_trace_cost_dollars_sum")
        unpricedTraces = number("llm_unpriced_traces_total")
        unpricedSessions = number("llm_unpriced_sessions_total")
        sessions = number("llm_session_cost_dollars_count") + unpricedSessions
        sessionCost = femtodollars("llm_session_cost_dollars_sum")
    }
}
