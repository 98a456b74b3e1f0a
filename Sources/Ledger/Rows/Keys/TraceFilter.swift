// SPDX-License-Identifier: Apache-2.0
import OTLP

/// A Bloom filter over the keys of some days: for most new traces it saves the look-up that would find nothing.
///
/// It has today, yesterday, and up to two other days for which many look-ups came; two bits for each key in 2 MiB a day. On a day
/// with very many traces it saves fewer look-ups, and its answers stay right.
struct TraceFilter {
    private struct Day {
        let number: Int64
        var bits: [UInt64]
    }

    private var days: [Day] = []
    /// The latest day of the clock.
    private(set) var newest: Int64 = .min
    /// By day that the filter does not have: the look-ups since it last read a day.
    private var misses: [Int64: Int] = [:]

    private static let words = 1 << 18
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
    ///   - read: Reads the hashes of the day; `nil` for too many.
    /// - Returns: `false` only if it has none.
    @inline(__always)
    mutating func mayHave(_ hash: UInt32, day: Int64, _ read: () throws -> [UInt32]?) rethrows -> Bool {
        for index in days.indices where days[index].number == day { return has(hash, index) }
        if misses.count >= Self.mostMissed { misses.removeAll() }
        let count = misses[day, default: 0] + 1
        misses[day] = count
        guard count >= Self.missesWorthReading else { return true }
        misses.removeAll()
        append(day, try read())
        return has(hash, days.count - 1)
    }

    @inline(__always)
    private func has(_ hash: UInt32, _ index: Int) -> Bool {
        let (first, second) = Self.bits(of: hash)
        return days[index].bits[first >> 6] >> UInt64(first & 63) & days[index].bits[second >> 6]
            >> UInt64(second & 63) & 1 != 0
    }

    /// Notes a key.
    @inline(__always)
    mutating func enter(_ hash: UInt32, day: Int64) {
        for index in days.indices where days[index].number == day { Self.enter(hash, &days[index].bits) }
    }

    /// Adds a day.
    ///
    /// A full filter drops the day that it read first, other than today and yesterday if possible.
    private mutating func append(_ number: Int64, _ hashes: [UInt32]?) {
        if days.count == Self.mostDays {
            days.remove(at: days.firstIndex { $0.number != newest && $0.number != newest - 1 } ?? 0)
        }
        var bits = [UInt64](repeating: hashes == nil ? .max : 0, count: Self.words)
        for hash in hashes ?? [] { Self.enter(hash, &bits) }
        days.append(Day(number: number, bits: bits))
    }

    @inline(__always)
    private static func enter(_ hash: UInt32, _ bits: inout [UInt64]) {
        let (first, second) = Self.bits(of: hash)
        bits[first >> 6] |= 1 << UInt64(first & 63)
        bits[second >> 6] |= 1 << UInt64(second & 63)
    }

    @inline(__always)
    private static func bits(of hash: UInt32) -> (Int, Int) {
        let mixed = mix64(UInt64(hash) ^ 0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93)
        return (Int(mixed & 0xFF_FFFF), Int(mixed >> 40))
    }
}
