// SPDX-License-Identifier: Apache-2.0

/// The keys by which the ids of traces, which are random, lead to the rows of the traces of one day.
///
/// A key is one word: 31 bits of hash (``KeyHash``), then the distance of the row from the first id of its day. Keys are in
/// ascending order, for a binary search. The keys of texts (``TextKeys``) have the same form.
struct PackedKeys: Sendable {
    /// The keys, in ascending order.
    let words: [UInt64]

    /// Takes keys in any order.
    init(_ keys: [UInt64]) { words = keys.sorted() }

    /// Takes keys in ascending order, as they are stored.
    init(sorted keys: [UInt64]) { words = keys }

    /// The rows of the traces whose ids have a hash.
    ///
    /// - Parameters:
    ///   - hash: The hash.
    ///   - day: The day of the keys, since 2020.
    /// - Returns: The ids of the rows, in ascending order.
    func rows(ofHash hash: UInt32, on day: Int64) -> [Int64] { words(ofHash: hash).map { Self.row($0, on: day) } }

    /// The keys with a hash.
    func words(ofHash hash: UInt32) -> ArraySlice<UInt64> {
        let first = UInt64(hash) << Self.distanceBits
        var (lower, upper) = (0, words.count)
        while lower < upper {
            let middle = (lower + upper) / 2
            if words[middle] < first { lower = middle + 1 } else { upper = middle }
        }
        var end = lower
        while end < words.count, Self.hash(ofKey: words[end]) == hash { end += 1 }
        return words[lower..<end]
    }

    // MARK: Keys

    /// The key of a trace.
    ///
    /// - Parameters:
    ///   - hash: The hash of its id.
    ///   - row: The id of its row.
    /// - Returns: The key.
    @inline(__always)
    static func key(_ hash: UInt32, row: Int64) -> UInt64 {
        UInt64(hash) << distanceBits | UInt64(bitPattern: row - firstRow(of: RowTime.day(of: row)))
    }

    /// The row of a key.
    @inline(__always)
    static func row(_ key: UInt64, on day: Int64) -> Int64 {
        firstRow(of: day) &+ Int64(key & (1 << distanceBits - 1))
    }

    /// The hash of a key.
    @inline(__always)
    static func hash(ofKey key: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: key >> distanceBits) }

    private static func firstRow(of day: Int64) -> Int64 { (day &* 1_440) &<< Int64(RowTime.sequenceBits) }

    /// The bits of an id within its day: 1,440 minutes.
    static let distanceBits: UInt64 = 33

    // MARK: Parts of a day

    /// The number of parts in which `trace_keys` has a day's keys, by their first bits, so that a look-up reads one part.
    static let parts = 256

    /// The part of a key.
    @inline(__always)
    static func part(of key: UInt64) -> Int { Int(key >> (distanceBits + 23)) }

    /// The ids in `trace_keys` of a part of a day.
    static func ids(of part: Int, on day: Int64) -> Range<Int64> {
        let first = ((day << 8) &+ Int64(part)) << 24
        return first..<first &+ 1 << 24
    }

    /// The ids in `trace_keys` of the part of a day in which a hash is.
    static func ids(forHash hash: UInt32, on day: Int64) -> Range<Int64> {
        ids(of: part(of: UInt64(hash) << distanceBits), on: day)
    }

    /// The day of an id in `trace_keys`, since 2020.
    static func day(ofID id: Int64) -> Int64 { id >> 32 }
}
