// SPDX-License-Identifier: Apache-2.0
import CMemory
import OTLP

/// A Bloom filter over the keys of some days: for most new traces it saves the look-up that would find nothing.
///
/// It has today, yesterday, and up to two other days for which many look-ups came; two bits for each key, in 8 MiB for four days. On
/// a day with very many traces it saves fewer look-ups, and its answers stay right.
///
/// What all days have of a hash is side by side in memory, since the memory is what a look-up waits for.
struct TraceFilter {
    private struct Day {
        let number: Int64
        /// Its place in each line, from 0 to 3.
        let place: Int
    }

    private var days: [Day] = []
    /// Lines of eight words, two of each day; empty before the first day.
    private var words: [UInt64] = []
    /// The clock's latest day, or `Int64.min` before the first transaction, which the look-ups of an import precede.
    private(set) var newest: Int64 = .min
    /// By day that the filter does not have: the look-ups since it last read a day.
    private var misses: [Int64: Int] = [:]

    private static let lines = 1 << 17
    private static let mostDays = 4
    /// The look-ups of a day after which its keys are worth reading, and the largest number of days with a count.
    private static let missesWorthReading = 512
    private static let mostMissed = 1_024
    /// The largest number of keys that the filter reads of a day; on a day with more, each trace is looked up.
    static let mostRead = 2_000_000

    /// Begins a transaction.
    ///
    /// - Parameters:
    ///   - today: The present day, since 2020.
    ///   - read: Reads the hashes of a day; `nil` for too many.
    mutating func begin(today: Int64, _ read: (Int64) throws -> [UInt32]?) rethrows {
        guard newest != today else { return }
        newest = today
        for day in [today - 1, today] where !days.contains(where: { $0.number == day }) {
            append(day, try read(day))
        }
    }

    /// Whether a day may have a key.
    ///
    /// - Parameters:
    ///   - hash: The hash of the trace's id.
    ///   - day: The day, since 2020.
    /// - Returns: `false` only if it has none; `nil` for a day that the filter does not have.
    @inline(__always)
    func mayHave(_ hash: UInt32, day: Int64) -> Bool? {
        for index in days.indices where days[index].number == day { return has(hash, days[index].place) }
        return nil
    }

    /// Whether a day may have a key; a day for which many look-ups came enters the filter.
    ///
    /// - Parameters:
    ///   - hash: The hash of the trace's id.
    ///   - day: The day, since 2020.
    ///   - read: Reads the hashes of the day; `nil` for too many.
    /// - Returns: `false` only if it has none.
    mutating func mayHave(_ hash: UInt32, day: Int64, _ read: () throws -> [UInt32]?) rethrows -> Bool {
        if let known = mayHave(hash, day: day) { return known }
        if misses.count >= Self.mostMissed { misses.removeAll() }
        let count = misses[day, default: 0] + 1
        misses[day] = count
        guard count >= Self.missesWorthReading else { return true }
        misses.removeAll()
        append(day, try read())
        return has(hash, days[days.count - 1].place)
    }

    /// Prefetches what the days have of a hash.
    @inline(__always)
    func fetch(_ hash: UInt32) {
        guard !words.isEmpty else { return }
        let place = Self.bits(of: hash, 0).0 >> 6
        // Sound: the place is that of a word, and nothing is read.
        unsafe words.withUnsafeBufferPointer { words in
            if let start = words.baseAddress { unsafe prefetch_line(start + place) }
        }
    }

    @inline(__always)
    private func has(_ hash: UInt32, _ place: Int) -> Bool {
        let (first, second) = Self.bits(of: hash, place)
        return words[first >> 6] >> UInt64(first & 63) & words[second >> 6] >> UInt64(second & 63) & 1 != 0
    }

    /// Notes a key.
    @inline(__always)
    mutating func enter(_ hash: UInt32, day: Int64) {
        for index in days.indices where days[index].number == day { enter(hash, days[index].place) }
    }

    /// Adds a day.
    ///
    /// A full filter drops the day that it read first, other than today and yesterday if possible.
    private mutating func append(_ number: Int64, _ hashes: [UInt32]?) {
        var place = days.count
        if days.count == Self.mostDays {
            place = days.remove(at: days.firstIndex { $0.number != newest && $0.number != newest &- 1 } ?? 0).place
        }
        if words.isEmpty { words = [UInt64](repeating: 0, count: Self.lines * 8) }
        for line in 0..<Self.lines {
            for word in 0..<2 { words[line * 8 + place * 2 + word] = hashes == nil ? .max : 0 }
        }
        for hash in hashes ?? [] { enter(hash, place) }
        days.append(Day(number: number, place: place))
    }

    @inline(__always)
    private mutating func enter(_ hash: UInt32, _ place: Int) {
        let (first, second) = Self.bits(of: hash, place)
        words[first >> 6] |= 1 << UInt64(first & 63)
        words[second >> 6] |= 1 << UInt64(second & 63)
    }

    /// The two bits of a hash in ``words``.
    @inline(__always)
    private static func bits(of hash: UInt32, _ place: Int) -> (Int, Int) {
        let mixed = mix64(UInt64(hash) ^ 0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93)
        let start = Int(mixed & UInt64(lines - 1)) * 512 + place * 128
        return (start + Int(mixed >> 40 & 127), start + Int(mixed >> 50 & 127))
    }
}
