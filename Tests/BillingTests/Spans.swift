// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import OTLP
import Testing

/// A span of a test: a call, an aggregate, or a pass-through span between them.
enum TestSpan: Sendable {
    case call(ModelCall)
    case passThrough(PassThroughSpan)

    /// A model call.
    static func call(
        _ id: UInt64, in trace: UInt64 = 1, below parent: UInt64 = 0, _ input: Int64? = 100, _ output: Int64 = 10,
        scope: UInt64 = 1, process: UInt64 = 1, response: UInt64 = 0, time: ClosedRange<UInt64> = 10...20,
        failed: Bool = false, _ change: (inout ModelCall) -> Void = { _ in }
    ) -> TestSpan {
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 7, traceIDLow: trace, spanID: id))
        call.parentSpanID = parent
        call.scope = scope
        call.resource = process
        call.responseID = response
        call.responseIDScheme = response == 0 ? 0 : 1
        // A call without a model would wait for a span that names one.
        call.requestModel = Symbol(number: 4)
        if let input {
            call.reportsUsage = true
            call.usage[.input] = input
            call.usage[.output] = output
        }
        call.hasFailed = failed
        call.startNanoseconds = Outside(time.lowerBound)
        call.endNanoseconds = Outside(time.upperBound)
        change(&call)
        return .call(call)
    }

    /// An agent, workflow or chain.
    static func aggregate(
        _ id: UInt64, in trace: UInt64 = 1, below parent: UInt64 = 0, _ input: Int64? = 100, _ output: Int64 = 10,
        scope: UInt64 = 1, response: UInt64 = 0, time: ClosedRange<UInt64> = 0...100,
        _ change: (inout ModelCall) -> Void = { _ in }
    ) -> TestSpan {
        call(id, in: trace, below: parent, input, output, scope: scope, response: response, time: time) {
            $0.isAggregate = true
            change(&$0)
        }
    }

    /// A span with usage, or a model and an error, that nothing marks as a call.
    static func unmarked(
        _ id: UInt64, in trace: UInt64 = 1, below parent: UInt64 = 0, _ input: Int64? = 100, _ output: Int64 = 10,
        scope: UInt64 = 7, process: UInt64 = 1, response: UInt64 = 0, time: ClosedRange<UInt64> = 10...20,
        failed: Bool = false, _ change: (inout ModelCall) -> Void = { _ in }
    ) -> TestSpan {
        call(
            id, in: trace, below: parent, input, output, scope: scope, process: process, response: response, time: time,
            failed: failed
        ) {
            $0.isUnmarked = true
            change(&$0)
        }
    }

    /// A span that is neither.
    static func passThrough(
        _ id: UInt64, in trace: UInt64 = 1, below parent: UInt64 = 0, offer: Attribution = .none,
        dimensions: DimensionSet = .none, isTool: Bool = false
    ) -> TestSpan {
        var span = PassThroughSpan(
            identity: SpanIdentity(traceIDHigh: 7, traceIDLow: trace, spanID: id), parentSpanID: parent)
        span.attribution = offer
        span.dimensions = dimensions
        span.isTool = isTool
        return .passThrough(span)
    }
}

/// What a biller made of spans.
struct Billed {
    var calls: [ModelCall] = []
    var report = BillingReport()

    var ids: [UInt64] { calls.map(\.identity.spanID).sorted() }
    var input: Int64 { calls.reduce(0) { $0 + $1.usage.totalInput } }
    var output: Int64 { calls.reduce(0) { $0 + $1.usage.totalOutput } }
    /// The input of each counted call, by the id of its span.
    var inputs: [UInt64: Int64] { Dictionary(calls.map { ($0.identity.spanID, $0.usage.totalInput) }) { $0 + $1 } }
}

extension Biller {
    /// Takes spans in as one body.
    func take(_ spans: [TestSpan], from peer: UInt64 = 0, now: UInt64? = 0, into billed: inout Billed) {
        var body = InterpretedSpans()
        for span in spans {
            switch span {
            case .call(let call): body.calls.append(call)
            case .passThrough(let span): body.passThrough.append(span)
            }
        }
        billed.report.add(arrive(body, from: peer, now: now.map { now in { now } }, settled: &billed.calls).report)
    }

    /// Decides what is due at a time.
    func settle(now: UInt64?, into billed: inout Billed) {
        settle(now: now.map { now in { now } }) { calls, report in
            billed.calls += calls
            billed.report.add(report)
        }
    }

    /// Decides everything.
    func settleAll(into billed: inout Billed) { settle(now: nil, into: &billed) }

    /// What comes of spans that arrive one by one, all within the window.
    static func bill(_ spans: [TestSpan], _ configuration: BillingConfiguration = .init()) -> Billed {
        let biller = Biller(configuration: configuration)
        var billed = Billed()
        for span in spans { biller.take([span], into: &billed) }
        biller.settleAll(into: &billed)
        return billed
    }
}

extension Biller {
    /// What comes of spans that arrive a second apart, with a look at the clock every second until all are decided.
    static func billByClock(_ spans: [TestSpan]) -> Billed {
        let biller = Biller()
        var billed = Billed()
        for (index, span) in spans.enumerated() { biller.take([span], now: UInt64(index) * second, into: &billed) }
        for now in stride(from: spans.count, through: 40, by: 1) {
            biller.settle(now: UInt64(now) * second, into: &billed)
        }
        #expect(biller.levels.waitingSpans == 0)
        return billed
    }
}

extension [TestSpan] {
    /// Every order of the spans; of many spans only some.
    var orders: [[TestSpan]] {
        guard count > 1 else { return [self] }
        guard count <= 5 else { return [self, reversed(), Array(self[(count / 2)...] + self[..<(count / 2)])] }
        return indices.flatMap { index in
            var rest = self
            let first = rest.remove(at: index)
            return rest.orders.map { [first] + $0 }
        }
    }
}

let second: UInt64 = 1_000_000_000
