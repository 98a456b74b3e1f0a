// SPDX-License-Identifier: Apache-2.0
import Ledger

/// What the roll-ups of all calls have beyond those of a dimension, by period and facts.
///
/// Settings get and lose dimensions, and calls come late. So any quarter of an hour may have calls that are in no roll-up of a
/// dimension: they state no value of it.
struct RollupRemainder {
    /// What a sum is the sum of.
    struct Key: Hashable {
        let period: Int32
        let facts: Int32
        /// Whether it is the time of machines, which counts no calls.
        let isMachine: Bool
    }

    /// The columns to read: those of the question, then those that tell whether anything is left.
    let columns: [SumColumn]
    /// The number of the question's columns.
    private let width: Int
    private let calls: Int
    private let facts: FactsOfLines
    private let machines: Set<Int64>
    private let linesOfNothing: FactsOfLines
    private var keys: [Key] = []
    private var places: [Key: Int32] = [:]
    /// By key, a sum for each of ``columns``; 128 bits, since the difference of two large sums may be small.
    private var sums: [Int128] = []
    /// By line, the place of the key that it has in ``latestPeriod``; -1 where that is not known yet.
    private var placesOfLines: [Int32]
    private var latestPeriod: Int32 = -1
    private var placesOfRows: [Int32] = []

    /// - Parameters:
    ///   - columns: The columns of the question.
    ///   - facts: The numbers of the facts of the lines that count.
    ///   - lines: All lines.
    init(_ columns: [SumColumn], _ facts: FactsOfLines, _ lines: [Int64: StoredFacts.Line]) {
        let needed: [SumColumn] = [.calls, .micros, .rest]
        self.columns = columns + needed.filter { !columns.contains($0) }
        width = columns.count
        calls = self.columns.firstIndex(of: .calls) ?? 0
        self.facts = facts
        machines = Set(lines.filter { $0.value.source == .machine }.keys)
        linesOfNothing = FactsOfLines(lines.filter { $0.value.source == .nothing }.mapValues { _ in 0 })
        let last = lines.keys.filter { (0..<Self.mostLines).contains($0) }.max() ?? 0
        placesOfLines = [Int32](repeating: -1, count: Int(last) + 1)
    }

    /// Not a setting: lines with larger ids are looked up by their hashes.
    private static let mostLines: Int64 = 65_536

    /// Adds roll-ups of all calls.
    mutating func add(_ rows: RollupScan, period: Int32) { forEachSum(rows, period) { $0 &+= $1 } }

    /// Takes roll-ups of the dimension away.
    mutating func subtract(_ rows: RollupScan, period: Int32) { forEachSum(rows, period) { $0 &-= $1 } }

    @inline(__always)
    private mutating func forEachSum(_ rows: RollupScan, _ period: Int32, _ change: (inout Int128, Int128) -> Void) {
        findPlaces(of: rows.lines, period)
        let count = columns.count
        for (column, what) in columns.enumerated() {
            let numbers = rows.sums[column]
            for row in numbers.indices where placesOfRows[row] >= 0 {
                // The same column as that of failed calls, of lines without anything to price alone.
                if what == .failedWithoutUsage, linesOfNothing[rows.lines[row]] < 0 { continue }
                change(&sums[Int(placesOfRows[row]) &* count &+ column], Int128(numbers[row]))
            }
        }
    }

    private mutating func findPlaces(of lines: [Int64], _ period: Int32) {
        if period != latestPeriod {
            for index in placesOfLines.indices { placesOfLines[index] = -1 }
            latestPeriod = period
        }
        placesOfRows.removeAll(keepingCapacity: true)
        for line in lines {
            let number = facts[line]
            guard number >= 0 else {
                placesOfRows.append(-1)
                continue
            }
            let isNear = line >= 0 && line < placesOfLines.count
            var place: Int32 = isNear ? placesOfLines[Int(line)] : -1
            if place < 0 {
                place = self.place(of: Key(period: period, facts: number, isMachine: machines.contains(line)))
                if isNear { placesOfLines[Int(line)] = place }
            }
            placesOfRows.append(place)
        }
    }

    private mutating func place(of key: Key) -> Int32 {
        if let known = places[key] { return known }
        let place = Int32(truncatingIfNeeded: keys.count)
        keys.append(key)
        places[key] = place
        sums.append(contentsOf: repeatElement(0, count: columns.count))
        return place
    }

    /// Visits what is left, as numbers of the question's columns.
    ///
    /// Sums stop at the largest number, and differences of such sums mean nothing. So nothing is left where all calls are in the
    /// roll-ups of the dimension, and no count is below zero.
    func forEach(_ body: (Key, [Int64]) throws -> Void) rethrows {
        for (place, key) in keys.enumerated() {
            let own = sums[place * columns.count..<(place + 1) * columns.count]
            let isLeft = key.isMachine ? own.contains { $0 != 0 } : own[own.startIndex + calls] > 0
            guard isLeft else { continue }
            try body(
                key,
                zip(columns, own).prefix(width).map { $0.isMoney ? Int64(clamping: $1) : Int64(clamping: max(0, $1)) })
        }
    }
}

extension SumColumn {
    /// Whether it is part of an amount, which may be below zero.
    fileprivate var isMoney: Bool {
        switch self {
        case .micros, .rest, .savedMicros, .savedRest, .adjustedMicros, .adjustedRest: true
        default: false
        }
    }
}
