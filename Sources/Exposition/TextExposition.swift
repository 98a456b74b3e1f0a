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
        /// The size of the last text, which is reserved for the next one.
        var lastSize = 0
    }

    private let cache = Mutex(Cache())

    /// Makes an exposition for the snapshots of one registry.
    package init() {}

    /// Renders all series; families without series are omitted.
    ///
    /// - Parameters:
    ///   - snapshot: A snapshot of the registry.
    ///   - format: The format of the text.
    ///   - created: Whether counters and histograms have a creation time (`_created`), only in OpenMetrics. Servers that do
    ///     not support it store each one as another series.
    ///   - sorted: Whether families are sorted by name and series by label values, bytewise, so that the same content gives
    ///     the same bytes; otherwise they are in the order of registration and creation.
    /// - Returns: UTF-8 text, complete with its last line.
    /// - Complexity: O(lines); sorting adds O(series · log series).
    package func render(
        _ snapshot: SeriesSnapshot, as format: ExpositionFormat, created: Bool = false, sorted: Bool = false
    ) -> [UInt8] {
        let families = sorted ? Self.sortedByName(snapshot) : snapshot.familyIDs
        let (texts, lastSize) = cache.withLock { cache in
            Self.extend(&cache.families, for: snapshot)
            return (cache.families, cache.lastSize)
        }

        var output: [UInt8] = []
        output.reserveCapacity(lastSize + lastSize / 8)
        for family in families {
            let series = snapshot.series(of: family)
            guard series.count > 0 else { continue }
            let text = texts[family.number]
            output += format == .openMetrics ? text.openMetricsHead : text.prometheusHead
            let order = sorted ? Self.sortedByLabelValues(series) : nil
            text.write(series, order: order, created: created && format == .openMetrics, to: &output)
        }
        if format == .openMetrics { output += OpenMetricsText.end }
        let size = output.count
        cache.withLock { $0.lastSize = size }
        return output
    }

    private static func extend(_ texts: inout [FamilyText], for snapshot: SeriesSnapshot) {
        for family in snapshot.familyIDs {
            if family.number == texts.count { texts.append(FamilyText(snapshot.families[family.number])) }
            texts[family.number].extend(with: snapshot.series(of: family))
        }
    }

    private static func sortedByName(_ snapshot: SeriesSnapshot) -> [FamilyID] {
        snapshot.familyIDs.sorted { left, right in
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
