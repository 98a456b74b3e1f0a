// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Testing

/// Calls with usage that name no model, in spans that arrive when they end.
@Suite struct NamelessTests {
    private static let model = Symbol(number: 5)
    private static let provider = Symbol(number: 6)

    private static func nameless(
        _ id: UInt64, below parent: UInt64, _ input: Int64 = 100, ends seconds: UInt64
    ) -> (seconds: UInt64, span: TestSpan) {
        let time = (seconds - 1) * second...seconds * second
        return (seconds, .unmarked(id, below: parent, input, time: time) { $0.requestModel = .absent })
    }

    private static func step(
        _ id: UInt64, below parent: UInt64 = 0, ends seconds: UInt64, naming model: Symbol = .absent
    ) -> (seconds: UInt64, span: TestSpan) {
        guard case .passThrough(var span) = TestSpan.passThrough(id, below: parent) else {
            return (seconds, .passThrough(id))
        }
        (span.model, span.provider) = (model, model == .absent ? .absent : provider)
        return (seconds, .passThrough(span))
    }

    /// Has each span arrive when it ends, with a look at the clock every second.
    private static func bill(_ spans: [(seconds: UInt64, span: TestSpan)]) -> Billed {
        let biller = Biller()
        var billed = Billed()
        for now in 0...60 as ClosedRange<UInt64> {
            for span in spans where span.seconds == now {
                biller.take([span.span], now: now * second, into: &billed)
            }
            biller.settle(now: now * second, into: &billed)
        }
        return billed
    }

    @Test(arguments: [3, 12, 18] as [UInt64])
    func `the model is that of the nearest span above that names one, with its provider`(end: UInt64) {
        let billed = Self.bill([
            Self.nameless(1, below: 2, ends: 2), Self.step(2, below: 3, ends: 3),
            Self.step(3, below: 4, ends: end, naming: Self.model),
            Self.step(4, ends: end + 1, naming: Symbol(number: 9)),
        ])
        #expect(billed.calls.map(\.requestModel) == [Self.model])
        #expect(billed.calls.map(\.provider) == [Self.provider])
        #expect(billed.input == 100)
    }

    @Test func `a name after the second wait comes too late, and the tokens are counted once`() {
        let billed = Self.bill([
            Self.nameless(1, below: 2, ends: 2), Self.step(2, ends: 30, naming: Self.model),
        ])
        #expect(billed.calls.map(\.requestModel) == [.absent])
        #expect(billed.input == 100)
    }

    @Test func `neither a sibling nor a child lends its name`() {
        let billed = Self.bill([
            Self.nameless(1, below: 9, ends: 2), Self.step(2, below: 9, ends: 3, naming: Self.model),
            Self.step(3, below: 1, ends: 1, naming: Self.model),
            (3, .call(4, below: 9, 60) { $0.requestModel = Self.model }),
            Self.step(9, ends: 5),
        ])
        #expect(billed.calls.first { $0.identity.spanID == 1 }?.requestModel == .absent)
        #expect(billed.input == 160)
    }

    @Test func `an agent above lends its name as well, whether it has usage or not`() {
        for input in [nil, 100] as [Int64?] {
            let billed = Self.bill([
                Self.nameless(1, below: 2, ends: 2),
                (5, .aggregate(2, input, time: 0...5 * second) { $0.requestModel = Self.model }),
            ])
            #expect(billed.calls.map(\.requestModel) == [Self.model])
            #expect(billed.input == 100)
        }
    }

    @Test func `a call with a model does not wait for another`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([.call(1, below: 2)], now: 0, into: &billed)
        biller.settle(now: 10 * second, into: &billed)
        #expect(billed.ids == [1])
    }
}
