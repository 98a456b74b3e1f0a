// SPDX-License-Identifier: Apache-2.0
import TestData
import Testing

@testable import Exposition

@Suite struct DecimalWriterTests {
    private static func text(_ value: Int128, scale: Int) -> String {
        let bytes = [UInt8](capacity: DecimalWriter.maximumLength) { DecimalWriter(scale: scale).write(value, to: &$0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        arguments: [
            (0, 0, "0"), (0, 9, "0"), (0, 15, "0"),
            (7, 0, "7"), (10, 0, "10"), (100, 0, "100"), (12_345, 0, "12345"), (1_000_000, 0, "1000000"),
            (1, 1, "0.1"), (10, 1, "1"), (15, 1, "1.5"), (-15, 1, "-1.5"), (-1, 3, "-0.001"),
            (500_000_000, 9, "0.5"), (30_000_000_000, 9, "30"), (1, 9, "0.000000001"),
            (1_000_000_001, 9, "1.000000001"),
            (146_016_000_000_000, 15, "0.146016"), (100_000_000_000_000, 15, "0.1"),
            (18_446_744_073_709_551_615, 15, "18446.744073709551615"),
            (18_446_744_073_709_551_616, 15, "18446.744073709551616"),
            (18_446_744_073_709_551_615, 0, "18446744073709551615"),
            (18_446_744_073_709_551_616, 0, "18446744073709551616"),
            (1_000_000_000_000_000_000_000, 15, "1000000"),
            (1_000_000_000_000_000_000, 18, "1"), (999_999_999_999_999_999, 18, "0.999999999999999999"),
            (.max, 0, "170141183460469231731687303715884105727"),
            (.max, 15, "170141183460469231731687.303715884105727"),
            (.max, 18, "170141183460469231731.687303715884105727"),
            (.min, 0, "-170141183460469231731687303715884105728"),
            (.min, 18, "-170141183460469231731.687303715884105728"),
        ] as [(Int128, Int, String)])
    func `a number is written exactly, without exponent or trailing zeros`(value: Int128, scale: Int, text: String) {
        #expect(Self.text(value, scale: scale) == text)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a number is written as the slow way writes it`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1_000 {
            let bits = Int128(truncatingIfNeeded: random.next()) << 64 | Int128(random.next())
            let zeros = (0..<Int.random(in: 0...18, using: &random)).reduce(1 as Int128) { power, _ in power * 10 }
            let shortened = bits >> Int128(Int.random(in: 0...127, using: &random))
            let value = shortened / zeros * zeros
            let scale = Int.random(in: 0...18, using: &random)
            #expect(Self.text(value, scale: scale) == Self.slowText(value, scale: scale))
        }
    }

    private static func slowText(_ value: Int128, scale: Int) -> String {
        let digits = String(value.magnitude)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        var fraction = padded.suffix(scale)
        while fraction.last == "0" { fraction.removeLast() }
        return (value < 0 ? "-" : "") + padded.dropLast(scale) + (fraction.isEmpty ? "" : ".") + fraction
    }
}
