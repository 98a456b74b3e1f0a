// SPDX-License-Identifier: Apache-2.0
import CMemory
import OTLP

/// A Bloom filter over the keys of some days: for most new traces it saves the look-up that would find nothing.
///
/// It has today, yesterday, and up to two other days for which many look-ups came; two bits for each key, in 8 MiB for four days.
/// What all days have of a hash is side by side in memory, since the memory is what a look-up waits for.
///
/// With millions of keys, that is too small for a day: most look-ups pass it and find nothing. After some thousand of these, the day
/// gets a filter of its own, of up to 32 MiB, which grows with the day. Two days can have one, the third takes that of the oldest day.
struct TraceFilter {
    /// The hashes of a day's keys in the database.
    struct Source {
        /// Their number.
        let count: () throws -> Int
        /// Reads them.
        let forEach: ((UInt32) -> Void) throws -> Void
    }

    private struct Day {
        let number: Int64
        /// Its place in each line, from 0 to 3.
        let place: Int
        /// The number of its keys.
        var keys: Int
        /// The filter of its own.
        var large: HashFilter?
        /// The look-ups that passed in vain since that filter was made, or the day entered.
        var vain = 0
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
    /// The largest number of keys of a day without a filter of its own: then 1 in 22 other keys passes.
    static let mostInLines = 2_000_000
    /// The look-ups in vain after which a day with more keys gets a filter of its own, or a larger one.
    static let mostInVain = 4_096
    private static let mostLarge = 2

    /// Begins a transaction.
    ///
    /// - Parameters:
    ///   - today: The present day, since 2020.
    ///   - source: The keys of a day in the database.
    /// - Throws: What the source throws.
    mutating func begin(today: Int64, _ source: (Int64) -> Source) throws {
        guard newest != today else { return }
        newest = today
        for day in [today - 1, today] where !days.contains(where: { $0.number == day }) {
            try append(day, source(day))
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
        for index in days.indices where days[index].number == day { return has(hash, index) }
        return nil
    }

    /// Whether a day may have a key; a day for which many look-ups came enters the filter.
    ///
    /// - Parameters:
    ///   - hash: The hash of the trace's id.
    ///   - day: The day, since 2020.
    ///   - source: The keys of the day in the database.
    /// - Returns: `false` only if it has none.
    /// - Throws: What the source throws.
    mutating func mayHave(_ hash: UInt32, day: Int64, _ source: Source) throws -> Bool {
        if let known = mayHave(hash, day: day) { return known }
        if misses.count >= Self.mostMissed { misses.removeAll() }
        let count = misses[day, default: 0] + 1
        misses[day] = count
        guard count >= Self.missesWorthReading else { return true }
        misses.removeAll()
        try append(day, source)
        return has(hash, days.count - 1)
    }

    /// Notes that a key passed, and the day does not have it.
    ///
    /// - Parameters:
    ///   - day: The day, since 2020.
    ///   - source: The keys of the day in the database.
    /// - Throws: What the source throws.
    mutating func passedInVain(day: Int64, _ source: Source) throws {
        guard let index = days.firstIndex(where: { $0.number == day }) else { return }
        days[index].vain += 1
        let (keys, room) = (days[index].keys, days[index].large?.room ?? Self.mostInLines)
        guard days[index].vain >= Self.mostInVain else { return }
        days[index].vain = 0
        guard keys > room else { return }
        // The filter of before would take its room meanwhile.
        days[index].large = nil
        let others = days.indices.filter { days[$0].large != nil }
        if others.count >= Self.mostLarge, let oldest = others.min(by: { days[$0].number < days[$1].number }) {
            days[oldest].large = nil
        }
        var large = HashFilter(hashes: 2 * keys)
        try source.forEach { large.enter($0) }
        days[index].large = large
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

    /// Whether the day with an index may have a key.
    @inline(__always)
    private func has(_ hash: UInt32, _ index: Int) -> Bool {
        let (first, second) = Self.bits(of: hash, days[index].place)
        guard words[first >> 6] >> UInt64(first & 63) & words[second >> 6] >> UInt64(second & 63) & 1 != 0 else {
            return false
        }
        return days[index].large?.mayHave(hash) ?? true
    }

    /// Notes a key.
    @inline(__always)
    mutating func enter(_ hash: UInt32, day: Int64) {
        for index in days.indices where days[index].number == day {
            days[index].keys += 1
            days[index].large?.enter(hash)
            enter(hash, days[index].place)
        }
    }

    /// Adds a day.
    ///
    /// A full filter drops the day that it read first, other than today and yesterday if possible.
    private mutating func append(_ number: Int64, _ source: Source) throws {
        let keys = try source.count()
        var place = days.count
        if days.count == Self.mostDays {
            place = days.remove(at: days.firstIndex { $0.number != newest && $0.number != newest &- 1 } ?? 0).place
        }
        if words.isEmpty { words = [UInt64](repeating: 0, count: Self.lines * 8) }
        for line in 0..<Self.lines {
            for word in 0..<2 { words[line * 8 + place * 2 + word] = keys > Self.mostInLines ? .max : 0 }
        }
        if keys <= Self.mostInLines { try source.forEach { enter($0, place) } }
        days.append(Day(number: number, place: place, keys: keys))
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
