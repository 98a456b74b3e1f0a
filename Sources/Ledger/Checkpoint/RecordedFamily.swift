// SPDX-License-Identifier: Apache-2.0
package import Aggregation

/// A family and its series in a checkpoint.
package struct RecordedFamily: Sendable, Equatable {
    /// One series.
    package struct Series: Sendable, Equatable {
        /// One value for each label of the family.
        package var labels: [String]
        /// When it began, in nanoseconds since 1970 (UTC); 0 if that is not known.
        package var created: UInt64
        /// The value, or the sum of a histogram, in units of the family's scale.
        package var value: UInt128
        /// The observations of each bucket of a histogram, not cumulative.
        package var buckets: [UInt64]
    }

    package var name: String
    package var labels: [String]
    /// The number of digits of a value after the decimal point.
    package var scale: UInt64
    /// The bounds of a histogram.
    package var bounds: [UInt64]
    package var series: [Series]
    /// The number of Prometheus series with an unknown label value.
    package var unknown: UInt64

    /// Makes a family of counters.
    init(_ family: MetricFamily, _ series: [Series]) {
        (name, labels, scale) = (family.name, family.labels.map(\.name), UInt64(family.scale))
        (bounds, unknown) = ([], 0)
        self.series = series
    }

    /// Takes a family and its series.
    ///
    /// - Parameters:
    ///   - family: The family.
    ///   - unknown: The number of Prometheus series with an unknown label value.
    package init(_ family: FamilySeries, unknown: Int) {
        self.unknown = UInt64(max(0, unknown))
        name = family.family.name
        labels = family.family.labels.map(\.name)
        scale = UInt64(family.family.scale)
        bounds = []
        if case .histogram(let own) = family.family.kind { bounds = own.map { UInt64(clamping: $0) } }
        series = (0..<family.count).map { index in
            Series(
                labels: family.labelValues(of: index), created: family.createdAtNanoseconds(of: index) ?? 0,
                value: UInt128(clamping: family.value(of: index)), buckets: family.bucketCounts(of: index))
        }
    }

    func write(_ bytes: inout RecordBytes) {
        bytes.append(name)
        bytes.append(texts: labels)
        bytes.append(scale)
        bytes.append(UInt64(bounds.count))
        for bound in bounds { bytes.append(bound) }
        bytes.append(unknown)
        bytes.append(UInt64(series.count))
        for one in series {
            for label in one.labels { bytes.append(label) }
            bytes.append(one.created)
            bytes.append(one.value)
            for count in one.buckets { bytes.append(count) }
        }
    }

    init(_ content: inout RecordReader) throws(MalformedRecord) {
        name = try content.text()
        labels = try content.texts()
        scale = try content.word()
        bounds = []
        for _ in 0..<(try content.count(of: 8)) { bounds.append(try content.word()) }
        unknown = try content.word()
        series = []
        for _ in 0..<(try content.count(of: 24)) {
            var values: [String] = []
            for _ in labels { values.append(try content.text()) }
            var one = Series(labels: values, created: try content.word(), value: try content.wide(), buckets: [])
            if !bounds.isEmpty { for _ in 0...bounds.count { one.buckets.append(try content.word()) } }
            series.append(one)
        }
    }
}
