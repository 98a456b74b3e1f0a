// SPDX-License-Identifier: Apache-2.0
import Aggregation

extension FamilyText {
    /// Writes the samples of a family.
    ///
    /// - Parameters:
    ///   - series: The series at the time of the scrape; ``extend(with:)`` must have been called with them.
    ///   - order: The indices of the series in the order of the output; `nil` for creation order.
    ///   - showsCreated: Whether to write the creation time of each series.
    ///   - firstZero: The index of the first series that is shown at zero; later ones are, too.
    ///   - output: Gets the samples.
    func write(
        _ series: FamilySeries, order: [Int]?, created showsCreated: Bool, zeroFrom firstZero: Int,
        to output: inout [UInt8]
    ) {
        let labels = labelBytes.span
        let kind = series.family.kind
        for position in 0..<series.count {
            let index = order?[position] ?? position
            let own = labels.extracting(labelRange(of: index))
            output.append(addingCapacity: lineRoom + lineCount * own.count) { output in
                switch kind {
                case .counter, .gauge:
                    write(value, own, index < firstZero ? series.value(of: index) : 0, to: &output)
                case .histogram:
                    writeHistogram(series, index, own, isZero: index >= firstZero, to: &output)
                }
                if showsCreated && kind != .gauge, let instant = series.createdAtNanoseconds(of: index) {
                    Self.write(created, own, to: &output)
                    Self.nanoseconds.write(Int128(instant), to: &output)
                    output.append(UInt8(ascii: "\n"))
                }
            }
        }
    }

    private func writeHistogram(
        _ series: FamilySeries, _ index: Int, _ labels: Span<UInt8>, isZero: Bool,
        to output: inout OutputSpan<UInt8>
    ) {
        var total: UInt64 = 0
        for (bucket, line) in buckets.enumerated() {
            if !isZero { total += series.bucketCount(bucket, of: index) }
            Self.write(line, labels, to: &output)
            DecimalWriter.write(total, to: &output)
            output.append(UInt8(ascii: "\n"))
        }
        write(sum, labels, isZero ? 0 : series.value(of: index), to: &output)
        Self.write(count, labels, to: &output)
        DecimalWriter.write(total, to: &output)
        output.append(UInt8(ascii: "\n"))
    }

    private func write(_ line: Line, _ labels: Span<UInt8>, _ value: Int128, to output: inout OutputSpan<UInt8>) {
        Self.write(line, labels, to: &output)
        decimal.write(value, to: &output)
        output.append(UInt8(ascii: "\n"))
    }

    private static func write(_ line: Line, _ labels: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
        output.append(copying: line.front.span)
        output.append(copying: labels)
        output.append(copying: line.back.span)
    }

    private static let nanoseconds = DecimalWriter(scale: 9)
}
