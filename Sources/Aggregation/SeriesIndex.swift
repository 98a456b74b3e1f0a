// SPDX-License-Identifier: Apache-2.0

/// Finds the series of one family by the numbers of their label texts, which the family's ``SeriesTable`` has.
///
/// Memory: 16 to 24 bytes for each series. A dictionary with arrays as keys would take several times as much, and an allocation
/// for each series.
struct SeriesIndex: Sendable {
    /// The series, in creation order.
    private var series: [SeriesID] = []
    /// By the hash of label numbers: the index of the series plus one, or 0 for a free slot; at least half are free.
    private var slots = [UInt32](repeating: 0, count: 8)
    /// Salts the hash, since senders choose the order in which texts get numbers.
    private let salt: UInt64

    init(salt: UInt64) { self.salt = salt }

    /// The series with some label numbers; `nil` if there is none.
    func find(_ numbers: Span<UInt32>, in table: SeriesTable) -> SeriesID? {
        let (slots, all) = (slots.span, table.labelNumbers.span)
        var slot = hash(of: numbers) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            var label = 0
            while label < numbers.count, all[index * numbers.count + label] == numbers[label] { label += 1 }
            if label == numbers.count { return series[index] }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds the series that the table got last.
    mutating func append(_ new: SeriesID, in table: SeriesTable, labels: Int) {
        series.append(new)
        if series.count * 2 > slots.count {
            makeSlots(count: slots.count * 2, table, labels)
        } else {
            enter(series.count - 1, table, labels)
        }
    }

    /// Removes a series that the table does not have any more.
    mutating func remove(_ old: SeriesID, in table: SeriesTable, labels: Int) {
        series.removeAll { $0 == old }
        makeSlots(count: slots.count, table, labels)
    }

    private mutating func makeSlots(count: Int, _ table: SeriesTable, _ labels: Int) {
        slots = [UInt32](repeating: 0, count: count)
        for index in series.indices { enter(index, table, labels) }
    }

    private mutating func enter(_ index: Int, _ table: SeriesTable, _ labels: Int) {
        let numbers = table.labelNumbers.span.extracting(index * labels..<(index + 1) * labels)
        var slot = hash(of: numbers) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(index + 1)
    }

    private func hash(of numbers: Span<UInt32>) -> Int {
        var state = salt
        for index in numbers.indices {
            let product = (state ^ UInt64(numbers[index])).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
            state = product.high ^ product.low
        }
        let product = state.multipliedFullWidth(by: 0x8EBC_6AF0_9C88_C6E3)
        return Int(truncatingIfNeeded: product.high ^ product.low)
    }
}
