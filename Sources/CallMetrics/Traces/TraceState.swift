// SPDX-License-Identifier: Apache-2.0
package import Pricing

/// When traces and sessions end, and how many are open.
package struct TraceMetricsConfiguration: Sendable, Equatable {
    /// How long a trace must have no call until it is observed, in nanoseconds.
    package var quiet: UInt64 = 60_000_000_000
    /// How far the last calls of two traces of a session may be apart, in nanoseconds.
    package var sessionQuiet: UInt64 = 1_800_000_000_000
    /// The largest number of open traces, and of open sessions.
    ///
    /// Not a setting: some 12 MB. At the ceiling, the half with the oldest latest calls is observed early.
    package var most = 65_536
    /// The number of ended traces whose further calls are recognised as late, a power of two.
    ///
    /// Not a setting: 512 KiB. The hash of a trace selects its slot; a later trace in the same slot replaces it.
    package var remembered = 65_536

    package init() {}
}

/// The sums of one trace or session that may go on.
package struct OpenSum: Sendable, Equatable {
    /// The id of the trace; a session has the hash of its name, and 0.
    package var high: UInt64
    package var low: UInt64
    /// The cost of the calls that have a price.
    package var cost = Dollars.zero
    package var calls: Int64 = 0
    package var tokens: Int64 = 0
    /// The number of calls whose price is not known.
    package var unpriced: Int64 = 0
    /// When its latest call was counted, in nanoseconds since 1970 (UTC).
    package var latest: UInt64
    /// The hash of the trace's session; 0 for none.
    package var session: UInt64 = 0
    /// The index of its values of labels, ``TraceState/labels``.
    package var labels: Int32 = 0
    /// The number, in this process, of the latest set of dimensions that has no session.
    var withoutSession: UInt32 = 0

    package init(high: UInt64, low: UInt64, latest: UInt64) {
        (self.high, self.low, self.latest) = (high, low, latest)
    }

    /// Adds a call; `nil` is a cost that is not known.
    @inline(__always)
    mutating func add(_ cost: Dollars?, tokens: Int64) {
        if let cost { self.cost += cost } else { unpriced &+= 1 }
        calls &+= 1
        add(tokens)
    }

    /// Adds a trace of the session.
    mutating func add(_ trace: OpenSum) {
        cost += trace.cost
        calls &+= trace.calls
        add(trace.tokens)
        unpriced &+= trace.unpriced
        latest = max(latest, trace.latest)
    }

    @inline(__always)
    private mutating func add(_ tokens: Int64) {
        let (sum, overflow) = self.tokens.addingReportingOverflow(tokens)
        // A flood of the largest counts overflows 64 bits.
        self.tokens = overflow ? .max : sum
    }
}

/// What outlives the process: the open traces and sessions, and hashes of traces that have ended.
package struct TraceState: Sendable, Equatable {
    package var traces: [OpenSum] = []
    package var sessions: [OpenSum] = []
    package var ended: [UInt64] = []
    /// When the process looked last for what had ended, in nanoseconds since 1970 (UTC).
    package var swept: UInt64 = 0
    /// The names of the labels.
    package var labelNames: [String] = []
    /// The combinations of values that sums refer to, each in the order of the names.
    package var labels: [[String]] = []
    /// The index in ``labels`` for each index that a sum holds; empty if the two are the same.
    private(set) var labelIndices: [Int32] = []

    package init() {}

    /// The index in ``labels`` of a sum's combination.
    @inline(__always)
    package func labelIndex(of sum: borrowing OpenSum) -> Int32 {
        labelIndices.isEmpty ? sum.labels : labelIndices[Int(sum.labels)]
    }

    /// Keeps only the combinations that its sums refer to.
    ///
    /// All others would go from process to process and use up the room for new ones. The sums keep their indices: changing them
    /// would copy every open trace and session.
    ///
    /// - Parameter all: The combinations by the present indices.
    mutating func takeLabels(from all: [[String]]) {
        (labels, labelIndices) = ([], all.map { _ in -1 })
        for sums in [traces, sessions] {
            for sum in sums where labelIndices[Int(sum.labels)] < 0 {
                labelIndices[Int(sum.labels)] = Int32(labels.count)
                labels.append(all[Int(sum.labels)])
            }
        }
    }
}
