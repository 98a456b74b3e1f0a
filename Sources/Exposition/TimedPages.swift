// SPDX-License-Identifier: Apache-2.0

/// Pages in OpenMetrics text from successive times, as one text with times.
///
/// OpenMetrics wants all points of a metric together, while each page has one point of every metric. So the lines are sorted
/// into one buffer for each metric; the caller takes the buffers whenever they are large, and keeps what it took.
///
/// Pages must be sorted and must show no creation times.
///
/// - SeeAlso: OpenMetrics 1.0, section "Text format", "Metric".
package struct TimedPages {
    private struct Metric {
        var lines: [UInt8] = []
        /// The metric that came next on the page before; its number is the first guess for the next lines.
        var next = 0
        /// The labels and the name of its first line.
        let key: [UInt8]
    }

    private struct Family {
        let head: [UInt8]
        let isHistogram: Bool
        var metrics: [Int] = []
    }

    private var families: [Family] = []
    private var familyNumbers: [[UInt8]: Int] = [:]
    private var metrics: [Metric] = []
    private var metricNumbers: [[UInt8]: Int] = [:]
    private let labels: [(name: String, text: [UInt8])]
    /// The size of all buffers.
    package private(set) var waitingBytes = 0

    /// Makes an empty text.
    ///
    /// - Parameter labels: Labels that each sample gets in front of its own.
    package init(labels: [(name: String, value: String)] = []) {
        self.labels = labels.map { name, value in
            var text = Array("\(name)=\"".utf8)
            EscapedText.append(labelValue: value, to: &text)
            return (name, text + [quote])
        }
    }

    /// Adds a page.
    ///
    /// - Parameters:
    ///   - page: OpenMetrics text.
    ///   - seconds: Its time, in seconds since 1970 (UTC), later than that of the page before.
    /// - Throws: ``LabelClash`` if a sample has one of the added labels already.
    package mutating func add(_ page: [UInt8], seconds: UInt64) throws(LabelClash) {
        let time = Array(" \(seconds)\n".utf8)
        var (position, family, metric, isInside) = (0, 0, 0, false)
        var head: Int?
        while position < page.count {
            let end = page[position...].firstIndex(of: newline) ?? page.count
            defer { position = end + 1 }
            if page[position] == hash {
                head = head ?? position
                continue
            }
            if let start = head {
                (family, head, isInside) = (number(ofFamily: page[start..<position]), nil, false)
            }
            // A value has no space in it.
            guard let space = page[position..<end].lastIndex(of: space) else { continue }
            let sample = page[position..<space]
            if !isInside { metric = try number(ofMetric: sample, after: metric, in: family) }
            write(sample, page[space..<end], time, to: metric)
            // The lines of a histogram's point follow each other, the count is the last one.
            isInside = families[family].isHistogram && !Self.isCount(sample)
        }
    }

    /// Takes the lines of all buffers and empties them.
    ///
    /// - Parameter take: Gets the number of a metric, and its lines since they were last taken.
    /// - Throws: What `take` throws; the buffers that it has not had stay.
    package mutating func takeLines<Failure>(
        _ take: (_ metric: Int, _ lines: [UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        for metric in metrics.indices where !metrics[metric].lines.isEmpty {
            try take(metric, metrics[metric].lines)
            metrics[metric].lines.removeAll(keepingCapacity: true)
        }
        waitingBytes = 0
    }

    /// The families in the order of the text: the lines above their samples, and the numbers of their metrics.
    package var order: [(head: [UInt8], metrics: [Int])] { families.map { ($0.head, $0.metrics) } }

    /// The last line of the whole text.
    package static let end = OpenMetricsText.end

    private mutating func write(
        _ sample: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, _ time: [UInt8], to metric: Int
    ) {
        let before = metrics[metric].lines.count
        if labels.isEmpty {
            metrics[metric].lines += sample
        } else {
            let brace = sample.firstIndex(of: openBrace)
            metrics[metric].lines += sample[..<(brace ?? sample.endIndex)]
            for (index, label) in labels.enumerated() {
                metrics[metric].lines.append(index == 0 ? openBrace : comma)
                metrics[metric].lines += label.text
            }
            metrics[metric].lines.append(brace == nil ? closeBrace : comma)
            if let brace { metrics[metric].lines += sample[(brace + 1)...] }
        }
        metrics[metric].lines += value
        metrics[metric].lines += time
        waitingBytes += metrics[metric].lines.count - before
    }

    private mutating func number(ofFamily head: ArraySlice<UInt8>) -> Int {
        let head = Array(head)
        if let number = familyNumbers[head] { return number }
        let type = head.prefix { $0 != newline }
        families.append(
            Family(head: head, isHistogram: type.suffix(Self.histogram.count).elementsEqual(Self.histogram)))
        familyNumbers[head] = families.count - 1
        return families.count - 1
    }

    private mutating func number(
        ofMetric sample: ArraySlice<UInt8>, after last: Int, in family: Int
    ) throws(LabelClash) -> Int {
        let guess = last < metrics.count ? metrics[last].next : 0
        if guess < metrics.count, metrics[guess].key.elementsEqual(sample) { return guess }
        let key = Array(sample)
        let number: Int
        if let known = metricNumbers[key] {
            number = known
        } else {
            try check(key)
            number = metrics.count
            metrics.append(Metric(key: key))
            metricNumbers[key] = number
            families[family].metrics.append(number)
        }
        if last < metrics.count { metrics[last].next = number }
        return number
    }

    private func check(_ sample: [UInt8]) throws(LabelClash) {
        for label in labels {
            // In a value, the quote would follow a backslash.
            let clashes = ["{", ","].contains { sample.contains(Array("\($0)\(label.name)=\"".utf8)) }
            guard clashes else { continue }
            let name = sample.prefix { $0 != openBrace }
            throw LabelClash(label: label.name, metric: String(decoding: name, as: UTF8.self))
        }
    }

    private static func isCount(_ sample: ArraySlice<UInt8>) -> Bool {
        sample.prefix { $0 != openBrace }.suffix(count.count).elementsEqual(count)
    }

    private static let histogram = Array(" histogram".utf8)
    private static let count = Array("_count".utf8)
}

/// A label that samples were to get and that they have already.
package struct LabelClash: Error, Equatable {
    package let label: String
    /// The name of the first such sample.
    package let metric: String
}

private let newline = UInt8(ascii: "\n")
private let space = UInt8(ascii: " ")
private let hash = UInt8(ascii: "#")
private let comma = UInt8(ascii: ",")
private let quote = UInt8(ascii: "\"")
private let openBrace = UInt8(ascii: "{")
private let closeBrace = UInt8(ascii: "}")
