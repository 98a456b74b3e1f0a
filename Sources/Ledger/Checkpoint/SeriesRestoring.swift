// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import CallMetrics

/// Gives series the values that a checkpoint has of them.
package struct SeriesRestoring: Sendable {
    /// Histograms that begin anew since their bounds have changed.
    package private(set) var begunAnew: [String] = []
    /// Families that are not shown any more.
    package private(set) var unknown: [String] = []

    package init() {}

    /// Restores the series of all families.
    ///
    /// A label that the settings have added since then is empty. Series that differ only in a label that is gone become one,
    /// with their sum, so no sum shrinks.
    ///
    /// - Parameters:
    ///   - families: The recorded families.
    ///   - store: Where the families are registered.
    package mutating func restore(_ families: [RecordedFamily], to store: MetricsStore) {
        var (begunAnew, unknown): ([String], [String]) = ([], [])
        store.update { registry in
            let known = Self.present(registry)
            for family in families {
                guard let (present, id) = known[family.name], UInt64(present.scale) == family.scale else {
                    unknown.append(family.name)
                    continue
                }
                if case .histogram(let bounds) = present.kind, bounds.map({ UInt64(clamping: $0) }) != family.bounds {
                    begunAnew.append(family.name)
                    continue
                }
                Self.restore(family, as: present, id, in: &registry)
                registry.restore(unknownSeriesCount: Int(clamping: family.unknown), of: id)
            }
            registry.noteRestored()
        }
        (self.begunAnew, self.unknown) = (begunAnew, unknown)
    }

    /// Adds amounts to counters, as a record of charges has them; families that are not shown any more are left out.
    ///
    /// - Parameters:
    ///   - families: The charged families; the value of each series is the amount to add.
    ///   - store: Where the families are registered.
    static func add(_ families: [RecordedFamily], to store: MetricsStore) {
        store.update { registry in
            let known = present(registry)
            for family in families {
                guard let (present, id) = known[family.name], present.kind == .counter,
                    UInt64(present.scale) == family.scale
                else { continue }
                restore(family, as: present, id, in: &registry)
            }
        }
    }

    private static func present(_ registry: SeriesRegistry) -> [String: (MetricFamily, FamilyID)] {
        let snapshot = registry.snapshot
        return Dictionary(
            uniqueKeysWithValues: zip(snapshot.families, snapshot.familyIDs).map { ($0.name, ($0, $1)) })
    }

    private static func restore(
        _ family: RecordedFamily, as present: MetricFamily, _ id: FamilyID, in registry: inout SeriesRegistry
    ) {
        let places = present.labels.map { label in family.labels.firstIndex(of: label.name) }
        for one in family.series {
            let labels = places.map { place in place.map { one.labels[$0] } ?? "" }
            let series = registry.restore(id, labels, createdAtNanoseconds: one.created == 0 ? nil : one.created)
            switch present.kind {
            case .counter: registry.add(Int128(clamping: one.value), to: series)
            case .gauge: registry.set(Int128(clamping: one.value), of: series)
            case .histogram: registry.restore(sum: one.value, buckets: one.buckets, to: series)
            }
        }
    }
}
