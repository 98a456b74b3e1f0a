// SPDX-License-Identifier: Apache-2.0
import OTLP
import TestData
import Testing

@Suite struct OutsideTests {
    @Test func `arithmetic that does not fit is refused`() {
        #expect(Outside<Int64>(.max).adding(1) == nil)
        #expect(Outside<Int64>(.min).subtracting(1) == nil)
        #expect(Outside<UInt64>(3).subtracting(4) == nil)
        #expect(Outside<UInt64>(1 << 63).multiplied(by: 2) == nil)
        #expect(Outside<Int64>(.min).multiplied(by: -1) == nil)
        #expect(Outside<Int64>(40).adding(2)?.asSent == 42)
        #expect(Outside<UInt64>(44).subtracting(2)?.asSent == 42)
        #expect(Outside<UInt64>(21).multiplied(by: 2)?.asSent == 42)
    }

    @Test func `a number is checked only between its bounds`() {
        #expect(Outside<Int64>(5).checked(in: 0...5) == 5)
        #expect(Outside<Int64>(6).checked(in: 0...5) == nil)
        #expect(Outside<Int64>(-1).checked(in: 0...5) == nil)
        #expect(Outside<Double>(.nan).checked(in: 0...5) == nil)
        #expect(Outside<Double>(.infinity).checked(in: 0...5) == nil)
    }

    @Test(arguments: 0..<2_000 as Range<UInt64>)
    func `no double ends the process by becoming whole`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let number = Double(bitPattern: random.next())
        let units: [Double] = [1, 1e6, 1e9, 1e15]
        let unit = units[Int(seed % 4)]
        let bounds: ClosedRange<Int64> = seed.isMultiple(of: 2) ? .min ... .max : 0...1_000
        if let whole = Outside(number).whole(in: bounds) { #expect(Double(whole) == number) }
        if let rounded = Outside(number).rounded(times: unit, in: bounds) {
            #expect(bounds.contains(rounded) && abs(Double(rounded) - number * unit) <= 0.5)
        }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300, 9_223_372_036_854_775_808])
    func `what is no whole number of 64 bits is refused`(number: Double) {
        #expect(Outside(number).whole(in: .min ... .max) == nil)
        #expect(Outside(number).rounded(times: 1, in: .min ... .max) == nil)
    }
}
