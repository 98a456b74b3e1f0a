// SPDX-License-Identifier: Apache-2.0

/// Compares traces with their calls and dropped spans, in one pass over both in the order of their ids.
///
/// Only the traces that have begun and not ended at a moment are in memory, at most ``usualMost`` of them.
struct TraceSweep {
    /// A trace that has begun.
    private struct Open {
        var sums = CheckedSums(CallColumns.sums.count + 1)
        var expected: CheckedSums?
        /// Whether none of its rows can have been removed.
        var isWhole = true
        var lowest: Int64
        var highest: Int64
        var statedLowest: Int64 = 0
        var statedHighest: Int64 = 0
        /// When it says that it ran, and when its rows did; `nil` if that is not stored.
        var statedTimes: CheckedTimes?
        var times: CheckedTimes?
        var hasAllTimes = true
        /// Whether its root span was seen, which may begin before all calls and end after them.
        var hasRoot = false

        /// Whether the time of the trace is that of its rows, or more if it has a root span.
        var agreesInTime: Bool {
            guard hasAllTimes, let times else { return true }
            guard let statedTimes else { return false }
            return hasRoot ? statedTimes.contains(times) : statedTimes == times
        }

        mutating func add(_ own: CheckedTimes?) {
            guard let own else { return hasAllTimes = false }
            if times == nil { times = own } else { times?.include(own) }
        }
    }

    /// The counts of a trace in words: those of its calls, and its dropped spans.
    private static let names = CallColumns.sumNames + ["dropped spans"]
    /// The largest number of traces that have begun and not ended; not a setting: some 300 MB.
    static let usualMost = 1 << 20
    private let most: Int

    /// Rows before this id were removed.
    private let firstKept: Int64
    private var open: [Int64: Open] = [:]
    /// By minute, the traces whose last row is in it.
    private var ending: [Int64: [Int64]] = [:]
    private var minute: Int64 = .min
    private(set) var count = 0
    /// Whether too many traces were open at a time to check them all.
    private(set) var isCutShort = false

    /// Makes a comparison.
    ///
    /// - Parameters:
    ///   - firstKept: The first id that retention has left: of a trace that has earlier rows, some are removed.
    ///   - most: The largest number of traces that are compared at a time.
    init(firstKept: Int64, most: Int = Self.usualMost) { (self.firstKept, self.most) = (firstKept, most) }

    /// Notes a row of `traces`.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - lowest: The distance from its lowest row.
    ///   - highest: The distance to its highest row.
    ///   - times: When it ran; `nil` if that is not stored.
    ///   - hasRoot: Whether it has the name of a root span.
    ///   - sums: Its sums, the dropped spans last.
    mutating func state(
        _ id: Int64, lowest: Int64, highest: Int64, times: CheckedTimes? = nil, hasRoot: Bool = false,
        _ sums: CheckedSums
    ) {
        count += 1
        guard !isCutShort else { return }
        var trace = open[id] ?? Open(lowest: id, highest: id)
        trace.expected = sums
        (trace.statedLowest, trace.statedHighest) = (id - lowest, id + highest)
        trace.isWhole = id - lowest >= firstKept
        (trace.statedTimes, trace.hasRoot) = (times, hasRoot)
        open[id] = trace
        ending[(id + highest) >> 22, default: []].append(id)
    }

    /// Adds a row of `calls` or `drops`; rows come in the order of their ids, each after the traces up to its id.
    mutating func add(_ call: borrowing CheckedCall, _ report: (String) -> Void) {
        if call.id >> 22 != minute { end(before: call.id >> 22, report) }
        guard !isCutShort else { return }
        var trace = open[call.trace] ?? Open(lowest: call.id, highest: call.id)
        // Taken out, so that the array in it is changed in place.
        open[call.trace] = nil
        trace.lowest = min(trace.lowest, call.id)
        trace.highest = max(trace.highest, call.id)
        trace.add(call.times)
        if call.isDropped {
            trace.sums.counts[CallColumns.sums.count] += 1
        } else {
            trace.sums.add(call)
        }
        open[call.trace] = trace
        if open.count > most { (isCutShort, open, ending) = (true, [:], [:]) }
    }

    /// Ends all traces.
    mutating func finish(_ report: (String) -> Void) {
        end(before: .max, report)
        for (id, trace) in open.sorted(by: { $0.key < $1.key }) {
            let calls = trace.sums.counts[0] + trace.sums.counts[CallColumns.sums.count]
            report(
                "\(calls) calls and dropped spans from \(CheckedTime.text(trace.lowest)) on belong to the trace \(id), which has no row "
                    + "or ends before them")
        }
        open = [:]
    }

    private mutating func end(before minute: Int64, _ report: (String) -> Void) {
        self.minute = minute
        for due in ending.keys.filter({ $0 < minute }).sorted() {
            for id in ending.removeValue(forKey: due) ?? [] {
                guard let trace = open.removeValue(forKey: id), let expected = trace.expected, trace.isWhole else {
                    continue
                }
                if let difference = expected.difference(from: trace.sums, Self.names) {
                    report("the trace \(id) of \(CheckedTime.text(id)) differs from its calls: \(difference)")
                } else if trace.statedLowest != trace.lowest || trace.statedHighest != trace.highest {
                    report(
                        "the trace \(id) of \(CheckedTime.text(id)) says that its rows are from \(trace.statedLowest) to "
                            + "\(trace.statedHighest), and they are from \(trace.lowest) to \(trace.highest)")
                } else if !trace.agreesInTime {
                    report(
                        "the trace \(id) of \(CheckedTime.text(id)) says that it ran \(Self.text(trace.statedTimes)), and its "
                            + "calls and dropped spans ran \(Self.text(trace.times))")
                }
            }
        }
    }

    private static func text(_ times: CheckedTimes?) -> String {
        guard let times else { return "at no time" }
        return "from \(CheckedTime.text(microseconds: times.start)) to \(CheckedTime.text(microseconds: times.end))"
    }
}

extension CheckedSums {
    /// Adds a call to the sums of a trace or session, in the order of ``CallColumns/sums``.
    @inline(__always)
    mutating func add(_ call: borrowing CheckedCall) {
        counts[0] += 1
        if call.kind.isFailed { counts[1] += 1 }
        if call.kind.isUnpriced { counts[2] += 1 }
        if call.kind.isEstimated { counts[3] += 1 }
        for index in 0..<CallColumns.classes.count where call.tokens[index] != 0 {
            counts[CallColumns.sumOfClass[index]] &+= call.tokens[index]
        }
        femtodollars &+= call.femtodollars
    }
}
