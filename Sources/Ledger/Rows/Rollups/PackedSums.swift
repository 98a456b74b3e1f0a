// SPDX-License-Identifier: Apache-2.0
import CChecksum

/// Why packed sums cannot be read.
package struct PackedSumsError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// The roll-ups of one dimension and one quarter of an hour, or a part of them, column by column.
///
/// The bytes are: a version; a CRC32C of all bytes behind it, the lowest byte first; the number of sums, and that of the columns
/// that are not zero in all of them; for each of these its id, its form and its length; then the columns. Lengths and the number of
/// sums are in groups of seven bits, the lowest first.
///
/// Sums are in ascending order of value and line, and no two have the same. The column of values has the difference of each from
/// the one before. A column is divided by the highest power of ten, up to 10^15, that divides all its numbers. If one of them is
/// negative, each number `n` of the column is written as `2 * n`, or as `-2 * n - 1` if it is negative itself. A column that is
/// mostly zero begins with a bit for each sum, set where the number is not zero, and then has only those numbers. The numbers are
/// in ``BitBlocks``.
package struct PackedSums {
    /// How a column is written: the power of ten in the lowest four bits, and these.
    struct Form: OptionSet {
        let rawValue: UInt8
        static let signed = Form(rawValue: 0x10)
        static let sparse = Form(rawValue: 0x20)
        static let differences = Form(rawValue: 0x40)

        /// What the numbers were divided by.
        var factor: Int64 { Self.powers[Int(rawValue & 15)] }
        static let powers: [Int64] = (0..<15).reduce(into: [1]) { powers, _ in
            powers.append(powers[powers.count - 1] * 10)
        }
    }

    private struct Part {
        let form: Form
        let range: Range<Int>
    }

    static let version: UInt8 = 1
    /// The largest number of sums that is read, so that damaged bytes ask for no more memory than that.
    static let mostSums = 1 << 16
    /// The bytes of the version and the checksum.
    static let headBytes = 5

    /// The number of sums.
    package let count: Int
    /// The bytes, and behind them ``BitBlocks/padding``.
    private let bytes: [UInt8]
    private var parts: [Part?]

    /// Reads what the bytes have, and compares the checksum.
    ///
    /// - Parameter stored: The bytes.
    /// - Throws: ``PackedSumsError`` if they are damaged or of a later version.
    package init(_ stored: [UInt8]) throws(PackedSumsError) {
        guard stored.count > Self.headBytes else { throw PackedSumsError("\(stored.count) bytes are too few") }
        guard stored[0] == Self.version else { throw PackedSumsError("version \(stored[0]) is unknown") }
        guard Self.checksum(stored) == (1...4).reduce(0, { $0 | UInt32(stored[$1]) << UInt32(8 * ($1 - 1)) }) else {
            throw PackedSumsError("the checksum does not match")
        }
        var at = Self.headBytes
        count = try Self.number(stored, &at)
        guard (1...Self.mostSums).contains(count) else { throw PackedSumsError("\(count) sums are too many or none") }
        var parts = [Part?](repeating: nil, count: RollupColumns.count)
        var lengths: [(column: Int, form: Form, length: Int)] = []
        for _ in 0..<(try Self.number(stored, &at)) {
            guard at + 2 < stored.count else { throw PackedSumsError("the columns are cut short") }
            let (id, form) = (stored[at], Form(rawValue: stored[at + 1]))
            at += 2
            guard let column = RollupColumns.column[id] else { throw PackedSumsError("column \(id) is unknown") }
            guard form.rawValue < 0x80 else { throw PackedSumsError("column \(id) has an unknown form") }
            if let last = lengths.last, RollupColumns.ids[last.column] >= id {
                throw PackedSumsError("column \(id) is there twice, or in a wrong place")
            }
            lengths.append((column, form, try Self.number(stored, &at)))
        }
        for (column, form, length) in lengths {
            guard length <= stored.count - at else { throw PackedSumsError("the columns are cut short") }
            parts[column] = Part(form: form, range: at..<at + length)
            at += length
        }
        guard at == stored.count else { throw PackedSumsError("there are bytes behind the columns") }
        self.parts = parts
        bytes = stored + repeatElement(0, count: BitBlocks.padding)
    }

    /// Whether a column has anything other than zeros.
    package func has(_ column: Int) -> Bool { parts[column] != nil }

    /// Reads a column.
    ///
    /// - Parameters:
    ///   - column: Its index in ``RollupColumns/names``; `nil` stands for zeros.
    ///   - numbers: Becomes the numbers, one for each sum; its memory is used again.
    /// - Throws: ``PackedSumsError`` if the bytes are damaged.
    package func read(_ column: Int?, into numbers: inout [Int64]) throws(PackedSumsError) {
        numbers.removeAll(keepingCapacity: true)
        numbers.append(contentsOf: repeatElement(0, count: count))
        guard let column, let part = parts[column] else { return }
        let isRead = unsafe numbers.withUnsafeMutableBufferPointer { numbers in
            unsafe bytes.withUnsafeBytes { unsafe Self.read(part, $0, numbers) }
        }
        guard isRead else { throw PackedSumsError("the column \(RollupColumns.names[column]) is damaged") }
    }

    private static func read(
        _ part: Part, _ bytes: UnsafeRawBufferPointer, _ numbers: UnsafeMutableBufferPointer<Int64>
    ) -> Bool {
        let (count, form) = (numbers.count, part.form)
        let bits = form.contains(.sparse) ? (count + 7) / 8 : 0
        guard bits <= part.range.count else { return false }
        let first = part.range.lowerBound
        var stated = form.contains(.sparse) ? 0 : count
        for index in 0..<bits { stated += unsafe bytes[first + index].nonzeroBitCount }
        guard stated <= count else { return false }
        // Sound: a part of the memory of the numbers, which are as many or more.
        let dense = unsafe UnsafeMutableBufferPointer(rebasing: numbers[..<stated])
        guard unsafe BitBlocks.read(dense, bytes, in: first + bits..<part.range.upperBound) else { return false }
        if form.contains(.signed) {
            for index in 0..<stated { unsafe dense[index] = dense[index].unfolded }
        }
        let factor = form.factor
        if factor > 1 { for index in 0..<stated { unsafe dense[index] &*= factor } }
        if bits > 0 {
            // From the last one on, so that each number moves to a place that is not needed any more.
            for index in (0..<count).reversed() {
                let isStated = unsafe bytes[first + index >> 3] >> UInt8(index & 7) & 1 != 0
                if isStated, stated > 0 { stated -= 1 }
                unsafe numbers[index] = isStated ? numbers[stated] : 0
            }
            guard stated == 0 else { return false }
        }
        if form.contains(.differences) {
            var sum: Int64 = 0
            for index in 0..<count {
                sum &+= unsafe numbers[index]
                unsafe numbers[index] = sum
            }
        }
        return true
    }

    /// The checksum of stored bytes.
    static func checksum(_ stored: [UInt8]) -> UInt32 {
        // Sound: the bytes are only read, while they live, and the head is a part of them.
        unsafe stored.withUnsafeBufferPointer { bytes in
            unsafe llm_crc32c(bytes.baseAddress.map { unsafe $0 + headBytes }, bytes.count - headBytes)
        }
    }

    private static func number(_ bytes: [UInt8], _ at: inout Int) throws(PackedSumsError) -> Int {
        var number = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard at < bytes.count else { break }
            let byte = bytes[at]
            at += 1
            number |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        throw PackedSumsError("a number is cut short")
    }
}

extension Int64 {
    /// The number as one that is not below zero: `2 * n`, or `-2 * n - 1` below zero.
    var folded: UInt64 { UInt64(bitPattern: self &<< 1 ^ self >> 63) }

    /// The number whose ``folded`` form this is.
    @inline(__always)
    var unfolded: Int64 {
        let word = UInt64(bitPattern: self)
        return Int64(bitPattern: word >> 1 ^ (0 &- (word & 1)))
    }
}
