// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Roll-ups of one dimension and one quarter of an hour, to be packed.
struct LooseSums: Equatable {
    /// By column, in the order of ``RollupColumns/names``, the numbers of all sums.
    private(set) var columns = [[Int64]](repeating: [], count: RollupColumns.count)

    init() {}

    /// Unpacks sums.
    ///
    /// - Parameter packed: The packed sums.
    /// - Throws: ``PackedSumsError`` if they are damaged.
    init(_ packed: PackedSums) throws(PackedSumsError) {
        for column in columns.indices { try packed.read(column, into: &columns[column]) }
    }

    /// The number of sums.
    var count: Int { columns[RollupColumns.value].count }

    /// Appends a sum.
    ///
    /// - Parameter number: Returns the number of a column.
    mutating func append(_ number: (Int) -> Int64) {
        for column in columns.indices { columns[column].append(number(column)) }
    }

    /// Appends other sums.
    mutating func append(_ other: LooseSums) {
        for column in columns.indices { columns[column] += other.columns[column] }
    }

    /// Replaces a value in all of its sums.
    ///
    /// - Returns: The number of these sums.
    mutating func replace(_ value: Int64, by other: Int64) -> Int {
        var count = 0
        for index in columns[RollupColumns.value].indices where columns[RollupColumns.value][index] == value {
            columns[RollupColumns.value][index] = other
            count += 1
        }
        return count
    }

    /// Whether the sums are in ascending order of value and line, and no two have the same.
    var isInOrder: Bool { (1..<max(1, count)).allSatisfy { isBefore($0 - 1, $0) } }

    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        let (values, lines) = (columns[RollupColumns.value], columns[RollupColumns.line])
        return (values[one], lines[one]) < (values[other], lines[other])
    }

    /// Puts the sums into ascending order of value and line, and adds up those that have the same.
    mutating func combine() {
        guard !isInOrder else { return }
        let order = (0..<count).sorted { isBefore($0, $1) }
        let (values, lines) = (columns[RollupColumns.value], columns[RollupColumns.line])
        var result = LooseSums()
        var before: Int?
        for index in order {
            if let before, values[before] == values[index], lines[before] == lines[index] {
                result.add(self, index, to: result.count - 1)
            } else {
                result.append { columns[$0][index] }
            }
            before = index
        }
        self = result
    }

    private mutating func add(_ other: LooseSums, _ index: Int, to sum: Int) {
        for column in RollupColumns.counts..<RollupColumns.micros {
            columns[column][sum] = columns[column][sum].saturating(plus: other.columns[column][index])
        }
        for (micros, rest) in [
            (RollupColumns.micros, RollupColumns.rest), (RollupColumns.savedMicros, RollupColumns.savedRest),
        ] {
            let own = RowMoney(micros: columns[micros][sum], rest: columns[rest][sum])
            let added = RowMoney(micros: other.columns[micros][index], rest: other.columns[rest][index])
            let money = RowMoney(femtodollars: own.femtodollars + added.femtodollars)
            (columns[micros][sum], columns[rest][sum]) = (money.micros, money.rest)
        }
    }

    // MARK: Packing

    /// The sums as ``PackedSums`` reads them; they must be in order.
    var packed: [UInt8] {
        var head: [UInt8] = []
        var body: [UInt8] = []
        var stated = 0
        for column in RollupColumns.byID {
            guard let (form, bytes) = Self.pack(columns[column], differences: column == RollupColumns.value) else {
                continue
            }
            stated += 1
            head += [RollupColumns.ids[column], form.rawValue]
            Self.append(bytes.count, to: &head)
            body += bytes
        }
        var bytes: [UInt8] = [PackedSums.version, 0, 0, 0, 0]
        Self.append(count, to: &bytes)
        Self.append(stated, to: &bytes)
        bytes += head + body
        let checksum = PackedSums.checksum(bytes)
        for index in 0..<4 { bytes[1 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
        return bytes
    }

    /// Packs a column; `nil` if all of it is zero.
    private static func pack(_ column: [Int64], differences: Bool) -> (PackedSums.Form, [UInt8])? {
        guard column.contains(where: { $0 != 0 }) else { return nil }
        var form: PackedSums.Form = []
        var numbers: [UInt64]
        if differences {
            form.insert(.differences)
            var before: Int64 = 0
            numbers = column.map { value in
                defer { before = value }
                return UInt64(bitPattern: value &- before)
            }
        } else {
            let power = power(of: column)
            form.formUnion(PackedSums.Form(rawValue: UInt8(power)))
            let isSigned = column.contains { $0 < 0 }
            if isSigned { form.insert(.signed) }
            let factor = form.factor
            numbers = column.map { isSigned ? ($0 / factor).folded : UInt64(bitPattern: $0 / factor) }
        }
        let others = numbers.filter { $0 != 0 }
        var bytes: [UInt8] = []
        let bits = (numbers.count + 7) / 8
        if bits + BitBlocks.size(of: others) < BitBlocks.size(of: numbers) {
            form.insert(.sparse)
            bytes = [UInt8](repeating: 0, count: bits)
            for (index, number) in numbers.enumerated() where number != 0 { bytes[index >> 3] |= 1 << UInt8(index & 7) }
            numbers = others
        }
        BitBlocks.append(numbers, to: &bytes)
        return (form, bytes)
    }

    /// The exponent of the highest power of ten that divides all numbers.
    private static func power(of column: [Int64]) -> Int {
        var power = PackedSums.Form.powers.count - 1
        for number in column {
            while power > 0, number % PackedSums.Form.powers[power] != 0 { power -= 1 }
        }
        return power
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F | 0x80))
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

extension Int64 {
    /// The sum, or the largest or smallest number if it does not fit.
    @inline(__always)
    package func saturating(plus other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
