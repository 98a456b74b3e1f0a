// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Adds up the sums of groups.
///
/// Memory is bounded: a question with more groups than ``mostGroups`` is refused and not cut.
struct GroupTable {
    /// What the calls of one group have in common, in numbers.
    struct Key: Equatable {
        /// The index of the row's period.
        var period: Int32
        /// The number of the combination of facts.
        var facts: Int32
        /// The number of the value of one dimension, or of the combination of the values of several.
        var values: Int64
        /// The id of the trace's first row; 0 unless grouped by trace.
        var trace: Int64 = 0

        @inline(__always)
        fileprivate func hash(_ salt: UInt64) -> UInt64 {
            let numbers = UInt64(UInt32(bitPattern: period)) << 32 | UInt64(UInt32(bitPattern: facts))
            let first = mix64(numbers ^ salt, UInt64(bitPattern: values) ^ 0xA076_1D64_78BD_642F)
            return mix64(first ^ 0xE703_7ED1_A0B4_28DB, UInt64(bitPattern: trace) ^ salt)
        }
    }

    private(set) var keys: [Key] = []
    /// The sums of all groups, ``width`` for each.
    private(set) var sums: [Int64] = []
    let width: Int
    /// By the hash of a key: its group plus one, or 0 for a free slot; at least half are free.
    // The standard hash of each key would take most of the time of a question.
    private var slots = [UInt32](repeating: 0, count: 64)
    /// Senders choose the parts of keys, so hashes depend on a secret.
    private let salt = UInt64.random(in: .min ... .max)
    /// The latest key with its group: rows of one group often follow one another.
    private var latest: (key: Key, group: Int)?

    /// Not a setting: some 100 MB at worst.
    static let mostGroups = 250_000

    init(width: Int) { self.width = width }

    /// The group of a key, which is made if it is new.
    ///
    /// - Returns: The group; `nil` if there is no room for it.
    mutating func group(of key: Key) -> Int? {
        if let latest, latest.key == key { return latest.group }
        var slot = slot(of: key)
        if slots[slot] != 0 {
            let known = Int(slots[slot]) - 1
            latest = (key, known)
            return known
        }
        guard keys.count < Self.mostGroups else { return nil }
        let group = keys.count
        keys.append(key)
        sums.append(contentsOf: repeatElement(0, count: width))
        if keys.count * 2 > slots.count {
            slots = [UInt32](repeating: 0, count: slots.count * 2)
            for other in 0..<group { slots[self.slot(of: keys[other])] = UInt32(other + 1) }
            slot = self.slot(of: key)
        }
        slots[slot] = UInt32(group + 1)
        latest = (key, group)
        return group
    }

    /// The slot of a key, or the free one where it belongs.
    @inline(__always)
    private func slot(of key: Key) -> Int {
        var slot = Int(truncatingIfNeeded: key.hash(salt)) & (slots.count - 1)
        while slots[slot] != 0, keys[Int(slots[slot]) - 1] != key { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    /// Adds to a sum of a group; one that does not fit stays at the largest number.
    @inline(__always)
    mutating func add(_ number: Int64, to column: Int, of group: Int) {
        let index = group &* width &+ column
        let (sum, overflow) = sums[index].addingReportingOverflow(number)
        sums[index] = overflow ? (number > 0 ? .max : .min) : sum
    }

    /// Adds numbers to a sum of a group each.
    ///
    /// - Parameters:
    ///   - numbers: The numbers.
    ///   - column: The sum.
    ///   - groups: The groups, as many as numbers; below zero for a number that is left out.
    mutating func add(_ numbers: [Int64], to column: Int, of groups: [Int32]) {
        for index in groups.indices where groups[index] >= 0 { add(numbers[index], to: column, of: Int(groups[index])) }
    }

    /// The sums of a group.
    func sums(of group: Int) -> ArraySlice<Int64> { sums[group * width..<(group + 1) * width] }
}

/// Combinations of values and their numbers.
struct Combinations<Value: Hashable> {
    private(set) var all: [[Value]] = []
    private var numbers: [[Value]: Int] = [:]

    mutating func number(of values: [Value]) -> Int {
        if let known = numbers[values] { return known }
        numbers[values] = all.count
        all.append(values)
        return all.count - 1
    }
}
