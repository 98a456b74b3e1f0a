// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Pricing
import Synchronization
import Testing

@testable import Ingest

/// How long a request counts calls that are due, and that none is lost in between.
@Suite struct CallCountingTests {
    /// Remembers which calls it got, and takes a chosen time for each batch.
    private final class SlowSink: CallSink {
        let batches = Mutex([[UInt64]]())
        let clock: StepClock
        let nanosecondsOfCall: UInt64

        init(_ clock: StepClock, nanosecondsOfCall: UInt64) {
            (self.clock, self.nanosecondsOfCall) = (clock, nanosecondsOfCall)
        }

        func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
            batches.withLock { $0.append(calls.calls.map(\.identity.spanID)) }
            clock.now.withLock { $0 += nanosecondsOfCall * UInt64(calls.count) }
        }

        var ids: [UInt64] { batches.withLock { $0.flatMap { $0 } } }
    }

    private final class StepClock: Sendable {
        let now = Mutex<UInt64>(1)
        /// How much later each look at it is.
        let step: UInt64

        init(step: UInt64 = 0) { self.step = step }

        func read() -> UInt64 {
            now.withLock { now in
                now += step
                return now
            }
        }
    }

    private static func calls(_ ids: ClosedRange<UInt64>, in symbols: SymbolTable, models: Int = 1) -> [ModelCall] {
        ids.map { id in
            var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: id, spanID: id))
            call.responseModel = symbols.symbol(for: "model-\(id % UInt64(models))", in: .model)
            call.reportsUsage = true
            call.usage[.input] = 10
            return call
        }
    }

    private static func counting(
        _ sink: any CallSink, _ symbols: SymbolTable, mostUncounted: Int = 16_384
    ) throws -> CallCounting {
        var configuration = IngestConfiguration()
        configuration.mostUncounted = mostUncounted
        return CallCounting(
            pricer: Pricer(book: try PriceBook.embedded(), symbols: symbols), sinks: [sink],
            configuration: configuration)
    }

    @Test func `a request counts in one batch all calls that fit into its slice`() throws {
        let (clock, symbols) = (StepClock(), SymbolTable())
        let sink = SlowSink(clock, nanosecondsOfCall: 100)
        let counting = try Self.counting(sink, symbols)
        var calls = Self.calls(1...512, in: symbols)
        #expect(counting.count(&calls, arrivalNanoseconds: 1, clock: clock.read) == 0)
        #expect(sink.batches.withLock { $0.map(\.count) } == [512])
        #expect(counting.uncounted == UncountedCalls())
    }

    @Test func `a request counts slow calls for its slice, and the settler the rest`() throws {
        let (clock, symbols) = (StepClock(), SymbolTable())
        // 10,000 calls would take 100 ms.
        let sink = SlowSink(clock, nanosecondsOfCall: 10_000)
        let counting = try Self.counting(sink, symbols)
        var first = Self.calls(1...64, in: symbols)
        var left = counting.count(&first, arrivalNanoseconds: 1, clock: clock.read)
        let before = clock.now.withLock { $0 }
        var calls = Self.calls(65...10_000, in: symbols)
        left += counting.count(&calls, arrivalNanoseconds: 1, clock: clock.read)
        #expect(clock.now.withLock { $0 } - before < 15_000_000)
        #expect(left > 9_000 && left == counting.uncounted.calls)
        var counted = 0
        counting.countLeft(1) { counted += $0 }
        #expect(counted == left)
        #expect(sink.ids == Array(1...10_000))
        #expect(counting.uncounted == UncountedCalls(calls: 0, deferred: UInt64(left)))
    }

    @Test func `names that take long are left to the settler, and found names are kept`() throws {
        // Every look at the clock is 0.5 ms later, so that a slice is over after a few names.
        let (clock, symbols) = (StepClock(step: 500_000), SymbolTable())
        let sink = SlowSink(clock, nanosecondsOfCall: 0)
        let counting = try Self.counting(sink, symbols)
        var calls = Self.calls(1...40, in: symbols, models: 40)
        #expect(counting.count(&calls, arrivalNanoseconds: 1, clock: clock.read) == 40)
        #expect(sink.ids.isEmpty)
        counting.countLeft(1) { _ in }
        #expect(sink.ids == Array(1...40))
        // All names are known now.
        #expect(counting.count(&calls, arrivalNanoseconds: 1, clock: clock.read) == 0)
    }

    @Test func `when too many calls are left, requests count all that they cause to be decided`() throws {
        let (clock, symbols) = (StepClock(step: 3_000_000), SymbolTable())
        let sink = SlowSink(clock, nanosecondsOfCall: 0)
        let counting = try Self.counting(sink, symbols, mostUncounted: 100)
        var calls = Self.calls(1...80, in: symbols, models: 80)
        #expect(!counting.isBehind)
        #expect(counting.count(&calls, arrivalNanoseconds: 1, clock: clock.read) == 80)
        #expect(counting.isBehind)
        calls = Self.calls(81...160, in: symbols, models: 80)
        #expect(counting.count(&calls, arrivalNanoseconds: 1, clock: clock.read) == 0)
        #expect(sink.ids == Array(81...160))
        #expect(counting.uncounted == UncountedCalls(calls: 80, deferred: 80, helps: 1))
        counting.countLeft(1) { _ in }
        #expect(!counting.isBehind)
        #expect(Set(sink.ids) == Set(1...160) && sink.ids.count == 160)
    }

    @Test func `without a clock all are counted at once`() throws {
        let (clock, symbols) = (StepClock(), SymbolTable())
        let sink = SlowSink(clock, nanosecondsOfCall: 1_000_000)
        let counting = try Self.counting(sink, symbols)
        var calls = Self.calls(1...5_000, in: symbols)
        #expect(counting.count(&calls, arrivalNanoseconds: nil, clock: nil) == 0)
        #expect(sink.batches.withLock { $0.map(\.count) } == [5_000])
    }
}
