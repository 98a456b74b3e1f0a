// SPDX-License-Identifier: Apache-2.0
package import Aggregation

extension SeriesRegistry {
    /// Registers a family without labels.
    ///
    /// - Parameters:
    ///   - name: The whole name; no other family may have it.
    ///   - help: What the value counts, in one sentence.
    ///   - kind: The type.
    ///   - scale: The number of decimal digits in the integers that are added.
    ///   - unit: The unit in the name, if it has one.
    /// - Returns: The one series of the family.
    package mutating func registerSeries(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind, scale: Int = 0, unit: MetricFamily.Unit? = nil
    ) -> SeriesID {
        series(register(MetricFamily(name: name, help: help, kind: kind, scale: scale, unit: unit)), [])
    }

    /// Registers a counter with one label whose values are words of this service.
    ///
    /// - Parameters:
    ///   - name: The whole name; no other family may have it.
    ///   - help: What the value counts, in one sentence.
    ///   - label: The name of the label.
    ///   - values: All values of the label; empty where senders name them.
    /// - Returns: The family.
    package mutating func registerCounter(_ name: String, _ help: String, by label: String, _ values: [String] = [])
        -> FamilyID
    {
        register(MetricFamily(name: name, help: help, kind: .counter, labels: [.fixed(label, values)]))
    }
}
