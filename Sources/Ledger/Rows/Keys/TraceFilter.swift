// SPDX-License-Identifier: Apache-2.0
import CMemory
import OTLP

/// Bloom filters over the keys of some days: for most new traces they save the look-up that would find nothing.
///
/// Today and yesterday share 4 MiB, two bits for each key. What both have of a hash is side by side in memory, since the memory is
/// what a look-up waits for. With millions of keys, that is too small for a day: most look-ups pass it and find nothing. After 4,096
/// of these, the day gets a filter of its own, which grows with the day. So does each of up to two other days once many
/// look-ups came for it. A filter of its own takes 2 to 16 MiB.
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
        /// The number of its keys.
        var keys: Int
        /// Whether it is one of the two days in ``words``; another one has a filter of its own.
        let isInLines: Bool
        /// The filter of its own.
        var own: HashFilter?
        /// The look-ups that passed in vain since that filter was made, or the day entered.
        var vain = 0
    }

    private var days: [Day] = []
    /// Lines of four words; empty before the first day.
    ///
    /// The first two words are those of the day with an even number.
    private var words: [UInt64] = []
    /// The clock's latest day, or `Int64.min` before the first transaction, which the look-ups of an import precede.
    private(set) var newest: Int64 = .min
    /// By day that the filter does not have: the look-ups since it last read a day.
    private var misses: [Int64: Int] = [:]

    private static let lines = 1 << 17
    private static let mostOthers = 2
    /// The look-ups of a day after which its keys are worth reading, and the largest number of days with a count.
    private static let missesWorthReading = 512
    private static let mostMissed = 1_024
    /// The largest number of keys of a day without a filter of its own: then 1 in 22 other keys passes.
    static let mostInLines = 2_000_000
    /// The look-ups in vain after which a day with more keys gets a filter of its own, or a larger one.
    static let mostInVain = 4_096

    /// Begins a transaction.
    ///
    /// - Parameters:
    ///   - today: The present day, since 2020.
    ///   - source: The keys of a day in the database.
    /// - Throws: What the source throws.
    mutating func begin(today: Int64, _ source: (Int64) -> Source) throws {
        guard newest != today else { return }
        newest = today
        for day in [today - 1, today] where !days.contains(where: { $0.number == day && $0.isInLines }) {
            try appendToLines(day, source(day))
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
        let others = days.indices.filter { !days[$0].isInLines }
        if others.count >= Self.mostOthers { days.remove(at: others[0]) }
        let keys = try source.count()
        days.append(Day(number: day, keys: keys, isInLines: false, own: try Self.filter(keys, source)))
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
        guard days[index].vain >= Self.mostInVain else { return }
        days[index].vain = 0
        guard days[index].keys > days[index].own?.room ?? Self.mostInLines else { return }
        days[index].own = try Self.filter(days[index].keys, source)
    }

    /// Prefetches what today and yesterday have of a hash.
    @inline(__always)
    func fetch(_ hash: UInt32) {
        guard !words.isEmpty else { return }
        let place = Self.bits(of: hash, 0).0 >> 6
        // Sound: the place is that of a word, and nothing is read.
        unsafe words.withUnsafeBufferPointer { words in
            if let start = words.baseAddress { unsafe prefetch_line(start + place) }
        }
    }

    /// Notes a key.
    @inline(__always)
    mutating func enter(_ hash: UInt32, day: Int64) {
        for index in days.indices where days[index].number == day {
            days[index].keys += 1
            days[index].own?.enter(hash)
            if days[index].isInLines { enterLines(hash, day) }
        }
    }

    // MARK: Days

    private mutating func appendToLines(_ day: Int64, _ source: Source) throws {
        let keys = try source.count()
        // If the clock was set, a day that is neither today nor yesterday may have its words.
        days.removeAll { $0.number == day || $0.isInLines && $0.number & 1 == day & 1 }
        if words.isEmpty { words = [UInt64](repeating: 0, count: Self.lines * 4) }
        let first = Int(day & 1) * 2
        for line in 0..<Self.lines {
            for word in first..<first + 2 { words[line * 4 + word] = keys > Self.mostInLines ? .max : 0 }
        }
        if keys <= Self.mostInLines { try source.forEach { enterLines($0, day) } }
        days.append(Day(number: day, keys: keys, isInLines: true))
    }

    /// A filter with room for half as many keys again; about 1 in 20 other keys passes once it is full.
    private static func filter(_ keys: Int, _ source: Source) throws -> HashFilter {
        var filter = HashFilter(hashes: keys + keys / 2, bitsOfHash: 8, mostBytes: 16 << 20)
        try source.forEach { filter.enter($0) }
        return filter
    }

    // MARK: Bits

    /// Whether the day with an index may have a key.
    @inline(__always)
    private func has(_ hash: UInt32, _ index: Int) -> Bool {
        if days[index].isInLines {
            let (first, second) = Self.bits(of: hash, days[index].number)
            let both = words[first >> 6] >> UInt64(first & 63) & words[second >> 6] >> UInt64(second & 63)
            guard both & 1 != 0 else { return false }
        }
        return days[index].own?.mayHave(hash) ?? true
    }

    @inline(__always)
    private mutating func enterLines(_ hash: UInt32, _ day: Int64) {
        let (first, second) = Self.bits(of: hash, day)
        words[first >> 6] |= 1 << UInt64(first & 63)
        words[second >> 6] |= 1 << UInt64(second & 63)
    }

    /// The two bits in ``words`` that a day has for a hash.
    @inline(__always)
    private static func bits(of hash: UInt32, _ day: Int64) -> (Int, Int) {
        let mixed = mix64(UInt64(hash) ^ 0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93)
        let start = Int(mixed & UInt64(lines - 1)) * 256 + Int(day & 1) * 128
        return (start + Int(mixed >> 40 & 127), start + Int(mixed >> 50 & 127))
    }
}
