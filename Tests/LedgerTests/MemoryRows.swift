// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Ledger
import Pricing
import Synchronization

/// Rows in memory, which are committed when a test says so, and are found again by another process as of the last commit.
final class MemoryRows: RowKeeping {
    /// What was committed.
    struct Kept: Sendable {
        var position: UInt64 = 0
        /// The numbers of the records, in the order in which they came.
        var numbers: [UInt64] = []
        var calls: [SpanIdentity] = []
        /// Dropped spans: what they are and what became of them.
        var dropped: [String] = []
        var totals = RowTotals()
        var marks: [UInt64: RowTotals] = [:]
        var gaps: [String] = []
    }

    private struct State {
        var kept = Kept()
        var next = Kept()
        var waits = 0
        var timesAsked = 0
        var fails = false
        var commits: @Sendable () -> Bool = { true }
        var syncJournal: (@Sendable () throws(StorageError) -> Void)?
    }

    private let state = Mutex(State())

    init(_ kept: Kept = Kept(), commits: @escaping @Sendable () -> Bool = { true }) {
        state.withLock { ($0.kept, $0.next, $0.commits) = (kept, kept, commits) }
    }

    /// What another process finds.
    var kept: Kept { state.withLock { $0.kept } }

    /// Lets this many calls wait, or fail.
    func set(waiting: Int, fails: Bool) { state.withLock { ($0.waits, $0.fails) = (waiting, fails) } }

    let figures = RowFigures()
    let dimensionNames: [String] = []
    var position: UInt64 { kept.position }
    func totals() throws(JournalError) -> RowTotals { kept.totals }

    func begin(at number: UInt64, missing: RowTotals, reason: String) throws(JournalError) {
        state.withLock { state in
            state.next.position = number
            state.next.totals = state.next.totals + missing
            state.next.gaps.append(reason)
            state.kept = state.next
        }
    }

    func append(_ calls: PricedCalls, arrivalNanoseconds: UInt64?, number: UInt64) {
        state.withLock { state in
            state.next.numbers.append(number)
            for call in calls {
                state.next.calls.append(call.call.identity)
                state.next.totals.calls += 1
                for tokenClass in TokenClass.allCases {
                    state.next.totals.tokens[tokenClass.index] += call.call.usage[tokenClass]
                }
                switch call.outcome {
                case .priced(_, let cost), .reported(let cost): state.next.totals.cost += cost.femtodollars
                case .nothingToPrice, .unpriced: break
                }
            }
        }
    }

    func append(_ dropped: [DroppedSpan], arrivalNanoseconds: UInt64?, number: UInt64) {
        state.withLock { state in
            state.next.numbers.append(number)
            state.next.dropped += dropped.map { "\($0.call.identity) \($0.outcome)" }
        }
    }

    func append(_ charges: [MachineCharge], arrivalNanoseconds: UInt64?, number: UInt64) {
        state.withLock { state in
            state.next.numbers.append(number)
            for charge in charges { state.next.totals.cost += charge.amount.femtodollars }
        }
    }

    func advance(to number: UInt64) {
        state.withLock { state in
            state.next.position = max(state.next.position, number)
            if state.commits() { state.kept = state.next }
        }
    }

    func mark(_ number: UInt64) { state.withLock { $0.next.marks[number] = $0.next.totals } }
    func sync() throws(StorageError) -> UInt64 { kept.position }
    var waiting: Int {
        state.withLock { state in
            state.timesAsked += 1
            return state.waits
        }
    }
    /// How often ``waiting`` was read.
    var timesAsked: Int { state.withLock { $0.timesAsked } }
    var hasFailed: Bool { state.withLock { $0.fails } }

    func start(
        syncJournal: @escaping @Sendable () throws(StorageError) -> Void,
        onFailure: @escaping @Sendable (StorageError?) -> Void
    ) { state.withLock { $0.syncJournal = syncJournal } }

    func stop() { state.withLock { $0.kept = $0.next } }
}
