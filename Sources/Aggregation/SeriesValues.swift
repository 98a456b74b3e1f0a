// SPDX-License-Identifier: Apache-2.0

/// The values of all series, in flat arrays.
///
/// Counters, gauges and histograms are in separate arrays, so that writing one kind in a copy does not copy the others. Functions
/// that run for each model call are always inlined: otherwise an addition takes 5.1 ns instead of 3.8, and an observation 9.8
/// instead of 7.5.
struct SeriesValues: Sendable {
    private(set) var counters: [Int128] = []
    /// The number of additions that did not fit.
    private(set) var saturatedAdditions: UInt64 = 0
    private(set) var gauges: [Int128] = []
    /// Per histogram: the sum (low word, high word), then the count of each bucket, `+Inf` last; not cumulative.
    private(set) var histogramWords: [UInt64] = []

    private var bounds = FamilyBounds()
    /// The slots of removed gauges.
    private var freeGauges: [UInt32] = []

    /// The words of the sum in front of a histogram's buckets.
    static let sumWords = 2

    mutating func addFamily(_ kind: MetricFamily.Kind) {
        if case .histogram(let own) = kind { bounds.append(own) } else { bounds.append([]) }
    }

    /// Makes room for one series and returns its slot.
    mutating func addSlot(_ kind: MetricFamily.Kind) -> UInt32 {
        switch kind {
        case .counter:
            counters.append(0)
            return UInt32(counters.count - 1)
        case .gauge:
            if let slot = freeGauges.popLast() { return slot }
            gauges.append(0)
            return UInt32(gauges.count - 1)
        case .histogram(let bounds):
            histogramWords.append(contentsOf: repeatElement(0, count: Self.sumWords + bounds.count + 1))
            return UInt32(histogramWords.count - Self.sumWords - bounds.count - 1)
        }
    }

    @inline(__always) mutating func add(_ amount: Int128, to series: SeriesID) {
        precondition(series.kind == .counter, "only counters are added to")
        precondition(amount >= 0, "counters do not go down")
        let (sum, overflow) = counters[Int(series.slot)].addingReportingOverflow(amount)
        counters[Int(series.slot)] = overflow ? .max : sum
        // Numbers from outside must not trap: the sum of two calls of the largest price and size does not fit.
        if overflow { saturatedAdditions += 1 }
    }

    /// Makes the slot of a removed gauge free for another one.
    mutating func freeGauge(at slot: UInt32) {
        gauges[Int(slot)] = 0
        freeGauges.append(slot)
    }

    mutating func mirror(_ value: Int128, in series: SeriesID) {
        precondition(series.kind == .counter, "only counters mirror counters")
        counters[Int(series.slot)] = max(counters[Int(series.slot)], value)
    }

    mutating func set(_ value: Int128, of series: SeriesID) {
        precondition(series.kind == .gauge, "only gauges are set")
        gauges[Int(series.slot)] = value
    }

    @inline(__always) mutating func observe(_ value: Int64, in series: SeriesID) {
        precondition(series.kind == .histogram, "only histograms observe")
        precondition(value >= 0, "a histogram's sum does not go down")
        let bucket = bounds.bucket(of: value, family: Int(series.familyNumber))
        let slot = Int(series.slot)
        var words = histogramWords.mutableSpan
        let (low, carry) = words[slot].addingReportingOverflow(UInt64(value))
        words[slot] = low
        if carry { words[slot + 1] += 1 }
        words[slot + Self.sumWords + bucket] += 1
    }

    /// Counts an observation that may be too large for an `Int64`, which every bound is.
    mutating func observe(large value: Int128, in series: SeriesID) {
        if let small = Int64(exactly: value) { return observe(small, in: series) }
        precondition(series.kind == .histogram && value >= 0, "only histograms observe, and their sums do not go down")
        let (slot, bucket) = (Int(series.slot), bounds.bucket(of: .max, family: Int(series.familyNumber)))
        let (sum, overflow) = self.value(of: .histogram, at: series.slot).addingReportingOverflow(value)
        if overflow { saturatedAdditions += 1 }
        let words = UInt128(overflow ? .max : sum)
        (histogramWords[slot], histogramWords[slot + 1]) = (UInt64(truncatingIfNeeded: words), UInt64(words >> 64))
        histogramWords[slot + Self.sumWords + bucket] += 1
    }

    /// Adds observations that were counted elsewhere to a histogram.
    mutating func restore(sum: UInt128, buckets: [UInt64], to series: SeriesID) {
        precondition(series.kind == .histogram, "only histograms have buckets")
        let slot = Int(series.slot)
        let before = UInt128(histogramWords[slot + 1]) << 64 | UInt128(histogramWords[slot])
        let after = before &+ sum
        (histogramWords[slot], histogramWords[slot + 1]) = (
            UInt64(truncatingIfNeeded: after), UInt64(truncatingIfNeeded: after >> 64)
        )
        for (bucket, count) in buckets.enumerated() { histogramWords[slot + Self.sumWords + bucket] &+= count }
    }

    /// The value of a counter or gauge, or the sum of a histogram.
    func value(of kind: SeriesID.Kind, at slot: UInt32) -> Int128 {
        switch kind {
        case .counter: counters[Int(slot)]
        case .gauge: gauges[Int(slot)]
        case .histogram: Int128(UInt128(histogramWords[Int(slot) + 1]) << 64 | UInt128(histogramWords[Int(slot)]))
        }
    }
}

/// The bucket bounds of all families, one after the other.
private struct FamilyBounds: Sendable {
    private var bounds: [Int64] = []
    private var ranges: [Range<Int>] = []

    mutating func append(_ own: [Int64]) {
        bounds += own
        ranges.append((bounds.count - own.count)..<bounds.count)
    }

    /// The first bucket whose bound is not less than the value.
    @inline(__always) func bucket(of value: Int64, family: Int) -> Int {
        let own = bounds.span.extracting(ranges[family])
        var bucket = 0
        while bucket < own.count && own[bucket] < value { bucket += 1 }
        return bucket
    }
}
