// SPDX-License-Identifier: Apache-2.0

/// Adds up the sums of groups.
///
/// Memory is bounded: a question with more groups than ``mostGroups`` is refused and not cut.
struct GroupTable {
    /// What the calls of one group have in common, in numbers.
    struct Key: Hashable {
        /// The index of the row's period.
        var period: Int32
        /// The number of the combination of facts.
        var facts: Int32
        /// The number of the value of one dimension, or of the combination of the values of several.
        var values: Int64
        /// The id of the trace's first row; 0 unless grouped by trace.
        var trace: Int64 = 0
    }

    private(set) var keys: [Key] = []
    /// The sums of all groups, ``width`` for each.
    private(set) var sums: [Int64] = []
    let width: Int
    private var indices: [Key: Int] = [:]
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
        if let known = indices[key] {
            latest = (key, known)
            return known
        }
        guard keys.count < Self.mostGroups else { return nil }
        let group = keys.count
        keys.append(key)
        sums.append(contentsOf: repeatElement(0, count: width))
        indices[key] = group
        latest = (key, group)
        return group
    }

    /// Adds to a sum of a group; one that does not fit stays at the largest number.
    @inline(__always)
    mutating func add(_ number: Int64, to column: Int, of group: Int) {
        let index = group &* width &+ column
        let (sum, overflow) = sums[index].addingReportingOverflow(number)
        sums[index] = overflow ? (number > 0 ? .max : .min) : sum
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
