// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Pricing

/// The open traces and sessions in a checkpoint.
extension TraceState {
    /// The bytes that sums and hashes take.
    var byteCount: Int { (traces.count + sessions.count) * OpenSum.bytes + ended.count * 8 }

    func write(_ bytes: inout RecordBytes) {
        for sums in [traces, sessions] {
            bytes.append(UInt64(sums.count))
            for sum in sums { sum.write(labels: labelIndex(of: sum), &bytes) }
        }
        bytes.append(UInt64(ended.count))
        for hash in ended { bytes.append(hash) }
        bytes.append(swept)
        bytes.append(texts: labelNames)
        bytes.append(UInt64(labels.count))
        for values in labels { bytes.append(texts: values) }
    }

    init(_ content: inout RecordReader) throws(MalformedRecord) {
        self.init()
        for _ in 0..<(try content.count(of: OpenSum.bytes)) { traces.append(try OpenSum(&content)) }
        for _ in 0..<(try content.count(of: OpenSum.bytes)) { sessions.append(try OpenSum(&content)) }
        for _ in 0..<(try content.count(of: 8)) { ended.append(try content.word()) }
        swept = try content.word()
        labelNames = try content.texts()
        for _ in 0..<(try content.count(of: 8)) { labels.append(try content.texts()) }
        guard labels.allSatisfy({ $0.count == labelNames.count }),
            (traces + sessions).allSatisfy({ labels.indices.contains(Int($0.labels)) })
        else { throw MalformedRecord("the labels of an open trace are unknown") }
    }
}

extension OpenSum {
    /// The bytes that each takes.
    static let bytes = 80

    func write(labels: Int32, _ bytes: inout RecordBytes) {
        bytes.append(high)
        bytes.append(low)
        bytes.append(UInt128(bitPattern: cost.femtodollars))
        for number in [calls, tokens, unpriced] { bytes.append(UInt64(bitPattern: number)) }
        bytes.append(latest)
        bytes.append(session)
        bytes.append(UInt64(UInt32(bitPattern: labels)))
    }

    init(_ content: inout RecordReader) throws(MalformedRecord) {
        let (high, low, cost) = (try content.word(), try content.word(), try content.wide())
        let (calls, tokens, unpriced) = (try content.word(), try content.word(), try content.word())
        self.init(high: high, low: low, latest: try content.word())
        self.cost = Dollars(femtodollars: Int128(bitPattern: cost))
        (self.calls, self.tokens) = (Int64(clamping: calls), Int64(clamping: tokens))
        self.unpriced = Int64(clamping: unpriced)
        session = try content.word()
        labels = Int32(truncatingIfNeeded: try content.word())
    }
}
