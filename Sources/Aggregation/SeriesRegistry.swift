// SPDX-License-Identifier: Apache-2.0
import Notation

/// The registry of counters, gauges and histograms: families, their series and values, and the series limit.
///
/// It is a plain value: the owner keeps it behind a lock, and updates it and takes ``snapshot`` under the lock. Looking up a
/// series by its labels is rare: callers remember the ``SeriesID``, and an update with it is an index and an addition.
package struct SeriesRegistry: Sendable {
    private var state = SeriesSnapshot()
    private var texts = LabelTexts()
    /// By family: the series of each label set.
    private var known: [SeriesIndex] = []
    /// The label numbers of the series that a look-up is for, in memory that the next one reuses.
    private var numbers: [UInt32] = []
    private let salt = UInt64.random(in: .min ... .max)
    private var overflow: [OverflowLabels] = []
    private var claimedNames: Set<String> = []

    /// The largest number of Prometheus series; beyond it, only overflow series are made.
    package let seriesCeiling: Int
    /// The room of families of calls, and the room of families of the process (see ``MetricFamily/outlivesProcess``).
    ///
    /// They are apart, since a process that counts the calls of an earlier one again has other series of the process: each call
    /// must find the room that it found before. The second is `nil` if all families share one room.
    private var room: SeriesRoom
    private var roomOfProcess: SeriesRoom?
    private var unknownByFamily: [Int] = []
    /// The gauges with an unknown label value, which may be removed.
    private var unknownGauges: Set<SeriesID> = []

    /// Makes an empty registry.
    ///
    /// - Parameters:
    ///   - seriesCeiling: The largest number of Prometheus series, 0 to 100,000,000. A histogram counts as many as it has lines.
    ///   - keptForKnown: The number of these that is reserved for series whose label values are all known, 0 to `seriesCeiling`.
    ///   - keptForProcess: The number of these that only families of the process may have, which have no others; at most what
    ///     `keptForKnown` leaves. `nil` lets all families share.
    package init(seriesCeiling: Int = 100_000, keptForKnown: Int = 0, keptForProcess: Int? = nil) {
        precondition((0...100_000_000).contains(seriesCeiling), "a series ceiling is 0 to 100,000,000")
        let ceiling = seriesCeiling - (keptForProcess ?? 0)
        precondition(
            keptForKnown >= 0 && keptForProcess ?? 0 >= 0 && keptForKnown <= ceiling,
            "the series kept for known values and for the process must fit under the ceiling")
        self.seriesCeiling = seriesCeiling
        room = SeriesRoom(ceiling: ceiling, unknownCeiling: ceiling - keptForKnown)
        roomOfProcess = keptForProcess.map { SeriesRoom(ceiling: $0, unknownCeiling: $0) }
    }

    /// The largest number of series of calls that may have an unknown label value (``LabelValues``).
    package var unknownSeriesCeiling: Int { room.unknownCeiling }
    /// The number of series of calls with an unknown label value.
    package var unknownSeriesCount: Int { room.unknownCount }

    // MARK: Families

    /// Adds a family.
    ///
    /// - Parameter family: A family none of whose sample names is a name of another family.
    /// - Returns: Its id, by which series are made.
    package mutating func register(_ family: MetricFamily) -> FamilyID {
        for name in family.claimedNames {
            precondition(claimedNames.insert(name).inserted, "'\(name)' is registered twice")
        }
        precondition(state.families.count < Int(UInt16.max), "too many families")
        state.addFamily(family)
        known.append(SeriesIndex(salt: salt))
        overflow.append(OverflowLabels(labels: family.labels))
        unknownByFamily.append(0)
        return FamilyID(number: state.families.count - 1)
    }

    // MARK: Series

    /// Finds or makes the series of a label set; values of open labels count as unknown.
    ///
    /// - Parameters:
    ///   - family: The family.
    ///   - labelValues: One value for each label of the family, in its order; an absent one is empty.
    ///   - createdAtNanoseconds: The time now, in nanoseconds since 1970 (UTC), which is stored if the series is new; `nil`
    ///     without a clock.
    /// - Returns: The id of the series, valid as long as this registry.
    package mutating func series(
        _ family: FamilyID, _ labelValues: [String], createdAtNanoseconds: UInt64? = nil
    ) -> SeriesID {
        let labels = state.families[family.number].labels
        precondition(labelValues.count == labels.count, "one value for each label")
        return series(family, LabelValues(labelValues, of: labels), createdAtNanoseconds: createdAtNanoseconds)
    }

    /// Finds or makes the series of a label set.
    ///
    /// If there is no room for another series with unknown values, their substitutes replace them. At the series limit, a new
    /// label set gets an overflow series of its family: open labels become `__overflow__`, fixed ones keep their values. The
    /// registry does not remember such a label set.
    ///
    /// - Parameters:
    ///   - family: The family.
    ///   - labelValues: One value for each label of the family, in its order.
    ///   - createdAtNanoseconds: The time now, in nanoseconds since 1970 (UTC), which is stored if the series is new; `nil`
    ///     without a clock.
    /// - Returns: The id of the series, valid as long as this registry.
    package mutating func series(
        _ family: FamilyID, _ labelValues: LabelValues, createdAtNanoseconds: UInt64? = nil
    ) -> SeriesID {
        let description = state.families[family.number]
        let texts = labelValues.texts
        precondition(texts.count == description.labels.count, "'\(description.name)': one value for each label")
        if let found = find(family, texts) { return found }
        let (room, size) = (room(of: description), description.seriesPerLabelSet)
        var known = texts
        if !labelValues.areKnown {
            if room.fitsUnknown(size) {
                noteUnknown(size, of: family)
                let series = make(family, texts, createdAtNanoseconds)
                if series.kind == .gauge { unknownGauges.insert(series) }
                return series
            }
            known = labelValues.known
            if let found = find(family, known) {
                overflow[family.number].noteRedirected()
                return found
            }
        }
        if room.fits(size) {
            if known != texts { overflow[family.number].noteRedirected() }
            return make(family, known, createdAtNanoseconds)
        }
        let redirected = overflow[family.number].redirect(known, of: description.labels)
        if redirected != texts { overflow[family.number].noteRedirected() }
        if let found = find(family, redirected) { return found }
        let admitted = overflow[family.number].admitted(redirected)
        return find(family, admitted) ?? make(family, admitted, createdAtNanoseconds)
    }

    /// Finds or makes a series of an earlier process, whatever the limits are now.
    ///
    /// - Parameters:
    ///   - family: The family.
    ///   - labelValues: One value for each label of the family, in its order.
    ///   - createdAtNanoseconds: When the series began, in nanoseconds since 1970 (UTC).
    /// - Returns: The id of the series.
    package mutating func restore(
        _ family: FamilyID, _ labelValues: [String], createdAtNanoseconds: UInt64?
    ) -> SeriesID {
        if let found = find(family, labelValues) { return found }
        return make(family, labelValues, createdAtNanoseconds)
    }

    /// Adds the observations of an earlier process to a histogram.
    ///
    /// - Parameters:
    ///   - sum: Their sum, in units of the family's scale.
    ///   - buckets: Their number in each bucket, not cumulative, the bucket `+Inf` last.
    ///   - series: A histogram with that many buckets.
    package mutating func restore(sum: UInt128, buckets: [UInt64], to series: SeriesID) {
        state.values.restore(sum: sum, buckets: buckets, to: series)
    }

    /// The number of series of a family with an unknown label value.
    package func unknownSeriesCount(of family: FamilyID) -> Int { unknownByFamily[family.number] }

    /// Counts the series of a family that were restored and have an unknown label value.
    package mutating func restore(unknownSeriesCount count: Int, of family: FamilyID) { noteUnknown(count, of: family) }

    /// Removes a gauge from the exposition; its id must not be used again.
    ///
    /// Its room becomes free for others, and its texts unless other series have them. Counters cannot be removed, since one that
    /// came back would have gone down.
    ///
    /// - Parameter series: A gauge.
    /// - Complexity: O(labels of all series), for what happens once in a while.
    package mutating func remove(_ series: SeriesID) {
        precondition(series.kind == .gauge, "only gauges vanish")
        let numbers = state.removeSeries(series)
        let isUnknown = unknownGauges.remove(series) != nil
        if isUnknown { unknownByFamily[series.family.number] -= 1 }
        change(of: series.family) { $0.free(isUnknown: isUnknown) }
        known[series.family.number].remove(
            series, in: state.table(of: series.family), labels: state.families[series.family.number].labels.count)
        for number in Set(numbers) where !state.usesLabelText(number) {
            texts.forget(number, in: &state.labelTexts)
        }
    }

    /// The number of Prometheus series, including overflow series.
    package var seriesCount: Int { state.seriesCount }

    /// The number of additions that overflowed a counter, which then stays at `Int128.max`.
    package var saturatedAdditions: UInt64 { state.values.saturatedAdditions }

    /// The number of look-ups of new label sets that got an overflow series.
    package var overflowedSeries: UInt64 { overflow.reduce(0) { $0 + $1.redirected } }

    /// The number of look-ups of new label sets of one family that got an overflow series.
    package func overflowedSeries(of family: FamilyID) -> UInt64 { overflow[family.number].redirected }

    // MARK: Values

    /// Adds to a counter; a sum that does not fit becomes `Int128.max`.
    ///
    /// - Parameters:
    ///   - amount: Zero or more, in units of the family's scale.
    ///   - series: A counter.
    package mutating func add(_ amount: Int128, to series: SeriesID) { state.values.add(amount, to: series) }

    /// Sets a counter to the value of one that is kept elsewhere; a lower value is ignored.
    ///
    /// - Parameters:
    ///   - value: The value of the other counter, in units of the family's scale.
    ///   - series: A counter.
    package mutating func mirror(_ value: Int128, in series: SeriesID) { state.values.mirror(value, in: series) }

    /// Sets a gauge.
    ///
    /// - Parameters:
    ///   - value: The value, in units of the family's scale.
    ///   - series: A gauge.
    package mutating func set(_ value: Int128, of series: SeriesID) { state.values.set(value, of: series) }

    /// Counts one observation in a histogram; a value that equals a bound belongs to that bound's bucket.
    ///
    /// - Parameters:
    ///   - value: Zero or more, in units of the family's scale.
    ///   - series: A histogram.
    package mutating func observe(_ value: Int64, in series: SeriesID) { state.values.observe(value, in: series) }

    /// Counts one observation of any size, such as a cost over 9,223 dollars; a sum that does not fit becomes `Int128.max`.
    ///
    /// - Parameters:
    ///   - value: Zero or more, in units of the family's scale.
    ///   - series: A histogram.
    package mutating func observe(large value: Int128, in series: SeriesID) {
        state.values.observe(large: value, in: series)
    }

    /// Takes all present series for restored ones, whose values a reader may know from before: they are born after no moment.
    ///
    /// For a guest that restores the series of an earlier process; call it in the step that gives them their values.
    package mutating func noteRestored() { state.noteRestored() }

    /// The present state, to be read outside the lock.
    ///
    /// - Complexity: O(1); the arrays are shared, and the next change of an array copies it.
    package var snapshot: SeriesSnapshot { state }

    // MARK: Finding and making

    private mutating func find(_ family: FamilyID, _ labelValues: [String]) -> SeriesID? {
        numbers.removeAll(keepingCapacity: true)
        for value in labelValues {
            guard let number = texts.number(of: value) else { return nil }
            numbers.append(number)
        }
        return known[family.number].find(numbers.span, in: state.table(of: family))
    }

    private mutating func make(
        _ family: FamilyID, _ labelValues: [String], _ createdAtNanoseconds: UInt64?
    ) -> SeriesID {
        numbers.removeAll(keepingCapacity: true)
        for value in labelValues { numbers.append(texts.number(of: value, appendingTo: &state.labelTexts)) }
        assert(
            zip(state.families[family.number].labels, labelValues).allSatisfy { $0.allows($1) },
            "'\(state.families[family.number].name)' has a value that its label does not list: \(labelValues)")
        let (isOverflow, description) = (labelValues.contains(OverflowValue.text), state.families[family.number])
        overflow[family.number].noteMade(labelValues, of: description.labels)
        change(of: family) { $0.take(description.seriesPerLabelSet) }
        let series = state.addSeries(family, numbers, isOverflow, createdAtNanoseconds)
        known[family.number].append(series, in: state.table(of: family), labels: labelValues.count)
        return series
    }

    // MARK: Room

    private func room(of family: MetricFamily) -> SeriesRoom {
        family.outlivesProcess ? room : roomOfProcess ?? room
    }

    private mutating func change(of family: FamilyID, _ change: (inout SeriesRoom) -> Void) {
        if roomOfProcess == nil || state.families[family.number].outlivesProcess {
            change(&room)
        } else if var other = roomOfProcess {
            change(&other)
            roomOfProcess = other
        }
    }

    private mutating func noteUnknown(_ count: Int, of family: FamilyID) {
        unknownByFamily[family.number] += count
        change(of: family) { $0.noteUnknown(count) }
    }
}
