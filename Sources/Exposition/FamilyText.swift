// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// The text of one family that does not change from scrape to scrape: all except the numbers.
struct FamilyText: Sendable {
    /// The text before and behind the labels of one kind of line; the number follows.
    struct Line: Sendable {
        let front: [UInt8]
        let back: [UInt8]

        init(_ name: String, of family: MetricFamily, le: String? = nil) {
            let hasLabels = !family.labels.isEmpty
            front = Array((name + (hasLabels || le != nil ? "{" : "")).utf8)
            if let le {
                back = Array(((hasLabels ? "," : "") + "le=\"\(le)\"} ").utf8)
            } else {
                back = Array((hasLabels ? "} " : " ").utf8)
            }
        }
    }

    let prometheusHead: [UInt8]
    let openMetricsHead: [UInt8]
    /// The line of a counter or gauge.
    let value: Line
    /// The lines of a histogram's buckets, `+Inf` last; none for the other kinds.
    let buckets: [Line]
    let sum: Line
    let count: Line
    let created: Line
    let decimal: DecimalWriter
    /// The largest number of lines of a series, and the largest size of these lines without the labels.
    let lineCount: Int
    let lineRoom: Int

    /// The text in front of each label's value.
    private let labelFronts: [[UInt8]]
    /// The rendered labels of all series, one series after the other.
    private(set) var labelBytes: [UInt8] = []
    /// The offsets at which the labels of each series end.
    private var labelEnds: [Int] = []
    /// The edition of the family's series for which the labels were rendered.
    private var edition = 0

    init(_ family: MetricFamily) {
        prometheusHead = PrometheusText.head(of: family)
        openMetricsHead = OpenMetricsText.head(of: family)
        value = Line(family.name, of: family)
        if case .histogram(let bounds) = family.kind {
            let texts = bounds.map { BucketBound.text($0, scale: family.scale) } + [BucketBound.infinity]
            buckets = texts.map { Line(family.name + "_bucket", of: family, le: $0) }
        } else {
            buckets = []
        }
        sum = Line(family.name + "_sum", of: family)
        count = Line(family.name + "_count", of: family)
        created = Line(family.baseName + "_created", of: family)
        labelFronts = family.labels.enumerated().map { Array("\($0 == 0 ? "" : ",")\($1.name)=\"".utf8) }
        decimal = DecimalWriter(scale: family.scale)
        let lines = [value, sum, count, created] + buckets
        lineCount = lines.count
        lineRoom = lines.reduce(0) { $0 + $1.front.count + $1.back.count + DecimalWriter.maximumLength + 1 }
    }

    /// Renders the labels of new series, or of all series after one was removed.
    mutating func extend(with series: FamilySeries) {
        if edition != series.edition {
            edition = series.edition
            labelBytes.removeAll(keepingCapacity: true)
            labelEnds.removeAll(keepingCapacity: true)
        }
        for index in labelEnds.count..<max(labelEnds.count, series.count) {
            for (label, front) in labelFronts.enumerated() {
                labelBytes += front
                EscapedText.append(labelValue: series.labelValue(label, of: index), to: &labelBytes)
                labelBytes.append(UInt8(ascii: "\""))
            }
            labelEnds.append(labelBytes.count)
        }
    }

    /// The range of a series' labels.
    func labelRange(of index: Int) -> Range<Int> {
        (index == 0 ? 0 : labelEnds[index - 1])..<labelEnds[index]
    }
}
