// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Pricing

/// What waits to be written, in the order of the journal.
struct RowQueue {
    /// One thing to write.
    enum Entry {
        case calls(PricedCalls, arrivalNanoseconds: UInt64, number: UInt64)
        case drops([DroppedSpan], arrivalNanoseconds: UInt64, number: UInt64)
        case charges([MachineCharge], arrivalNanoseconds: UInt64, number: UInt64)
        case roots([TraceRoot], arrivalNanoseconds: UInt64, number: UInt64)
        /// Sums of calls that get no rows.
        case sums(RollupSums)
        /// The counters' checkpoint of a number begins here.
        case mark(UInt64)

        /// The number of calls and dropped spans.
        var spans: Int {
            switch self {
            case .calls(let calls, _, _): calls.count
            case .drops(let drops, _, _): drops.count
            case .charges, .roots, .sums, .mark: 0
            }
        }
    }

    /// Some entries, and the number up to which all is in the rows with them.
    struct Batch {
        var entries: [Entry] = []
        var position: UInt64
        var spans = 0
    }

    private var entries: [Entry] = []
    /// The entries before this one were taken.
    private var first = 0
    /// The calls and dropped spans that wait.
    private(set) var spans = 0
    /// The number of the latest entry, or a later one up to which nothing else is to come.
    private(set) var latest: UInt64
    /// The number up to which everything was taken.
    private var taken: UInt64
    /// When the oldest entry came, in nanoseconds of a clock that never goes back; `nil` if nothing waits.
    private(set) var since: UInt64?

    /// Makes an empty queue.
    ///
    /// - Parameter position: The number up to which everything is in the rows.
    init(position: UInt64) { (latest, taken) = (position, position) }

    /// Whether nothing waits, not even a later position.
    var isEmpty: Bool { first == entries.count && latest == taken }

    /// Appends an entry.
    ///
    /// - Parameters:
    ///   - entry: The entry.
    ///   - number: The number of its record; not below that of the latest.
    ///   - now: The time, in nanoseconds of a clock that never goes back.
    mutating func append(_ entry: Entry, number: UInt64, now: UInt64) {
        entries.append(entry)
        spans += entry.spans
        advance(to: number, now: now)
    }

    /// Notes that everything up to a number was appended.
    mutating func advance(to number: UInt64, now: UInt64) {
        latest = max(latest, number)
        if since == nil, !isEmpty { since = now }
    }

    /// Takes the oldest entries.
    ///
    /// - Parameters:
    ///   - most: The number of calls and dropped spans from which no further entry is taken.
    ///   - now: The time, in nanoseconds of a clock that never goes back.
    /// - Returns: At least one entry or a later position; `nil` if nothing waits.
    mutating func take(most: Int, now: UInt64) -> Batch? {
        guard !isEmpty else { return nil }
        var batch = Batch(position: taken)
        while first < entries.count, batch.spans < most {
            let entry = entries[first]
            // A taken entry must not stay in memory until its index is used again.
            entries[first] = .mark(0)
            first += 1
            batch.spans += entry.spans
            batch.entries.append(entry)
            // The number of a checkpoint may be later than all that was appended before it.
            if let number = entry.number { batch.position = max(batch.position, number) }
        }
        if first == entries.count {
            batch.position = latest
            entries.removeAll(keepingCapacity: entries.count <= 1_024)
            first = 0
        } else if first >= 1_024 {
            entries.removeFirst(first)
            first = 0
        }
        spans -= batch.spans
        taken = batch.position
        since = isEmpty ? nil : now
        return batch
    }
}

extension RowQueue.Entry {
    /// The number of the record; `nil` for sums and for a mark.
    var number: UInt64? {
        switch self {
        case .calls(_, _, let number), .drops(_, _, let number), .charges(_, _, let number),
            .roots(_, _, let number):
            number
        case .sums, .mark: nil
        }
    }
}
