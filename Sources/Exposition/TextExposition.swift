// SPDX-License-Identifier: Apache-2.0
package import Aggregation
import Synchronization

/// Renders the series of one registry as Prometheus text or OpenMetrics text.
///
/// The labels of a series are rendered once and kept; a scrape copies them and writes the numbers. Any number of scrapes may
/// run at the same time.
package final class TextExposition: Sendable {
    private struct Cache {
        var families: [FamilyText] = []
        /// The families in the order of the output.
        var order: [FamilyID] = []
        /// The size of the last text, which is reserved for the next one.
        var lastSize = 0
    }

    private let section: @Sendable (MetricFamily) -> Int
    private let cache = Mutex(Cache())

    /// Makes an exposition for the snapshots of one registry.
    ///
    /// - Parameter section: The number of the section that a family is in; lower ones come first.
    package init(section: @escaping @Sendable (MetricFamily) -> Int = { _ in 0 }) { self.section = section }

    /// Renders all series; families without series are omitted.
    ///
    /// - Parameters:
    ///   - snapshot: A snapshot of the registry.
    ///   - format: The format of the text.
    ///   - created: Whether counters and histograms have a creation time (`_created`), only in OpenMetrics. Servers that do
    ///     not support it store each one as another series.
    ///   - sorted: Whether the families of a section are sorted by name and series by label values, bytewise, so that the
    ///     same content gives the same bytes; otherwise they are in the order of registration and creation.
    ///   - seen: The last moment whose series the reader has seen; counters and histograms that were born after it are shown
    ///     at zero. `nil` shows every value.
    /// - Returns: UTF-8 text, complete with its last line.
    /// - Complexity: O(lines); sorting adds O(series · log series).
    package func render(
        _ snapshot: SeriesSnapshot, as format: ExpositionFormat, created: Bool = false, sorted: Bool = false,
        seen: BirthHorizon? = nil
    ) -> [UInt8] {
        let (texts, order, lastSize) = cache.withLock { cache in
            extend(&cache, for: snapshot)
            return (cache.families, cache.order, cache.lastSize)
        }
        let families = sorted ? sortedByName(snapshot) : order

        var output: [UInt8] = []
        output.reserveCapacity(lastSize + lastSize / 8)
        // Families that were registered after an older snapshot was taken are not in it.
        for family in families where family.number < snapshot.families.count {
            let series = snapshot.series(of: family)
            guard series.count > 0 else { continue }
            let text = texts[family.number]
            output += format == .openMetrics ? text.openMetricsHead : text.prometheusHead
            let order = sorted ? Self.sortedByLabelValues(series) : nil
            text.write(
                series, order: order, created: created && format == .openMetrics,
                zeroFrom: series.firstBorn(after: seen), to: &output)
        }
        if format == .openMetrics { output += OpenMetricsText.end }
        let size = output.count
        cache.withLock { $0.lastSize = size }
        return output
    }

    /// The families of a snapshot in the order of the text, those without series included.
    package func families(of snapshot: SeriesSnapshot) -> [MetricFamily] {
        ordered(snapshot).map { snapshot.families[$0.number] }
    }

    private func ordered(_ snapshot: SeriesSnapshot) -> [FamilyID] {
        let sections = snapshot.families.map(section)
        return snapshot.familyIDs.sorted { left, right in
            (sections[left.number], left.number) < (sections[right.number], right.number)
        }
    }

    private func extend(_ cache: inout Cache, for snapshot: SeriesSnapshot) {
        let known = cache.families.count
        for family in snapshot.familyIDs {
            if family.number == cache.families.count {
                cache.families.append(FamilyText(snapshot.families[family.number]))
            }
            cache.families[family.number].extend(with: snapshot.series(of: family))
        }
        guard cache.families.count > known else { return }
        cache.order = ordered(snapshot)
    }

    private func sortedByName(_ snapshot: SeriesSnapshot) -> [FamilyID] {
        let sections = snapshot.families.map(section)
        return snapshot.familyIDs.sorted { left, right in
            let (own, other) = (sections[left.number], sections[right.number])
            guard own == other else { return own < other }
            let names = (snapshot.families[left.number].name, snapshot.families[right.number].name)
            return names.0.utf8.lexicographicallyPrecedes(names.1.utf8)
        }
    }

    private static func sortedByLabelValues(_ series: FamilySeries) -> [Int] {
        let keys = (0..<series.count).map { index in series.labelValues(of: index).map { Array($0.utf8) } }
        return keys.indices.sorted { left, right in
            keys[left].lexicographicallyPrecedes(keys[right]) { $0.lexicographicallyPrecedes($1) }
        }
    }
}
