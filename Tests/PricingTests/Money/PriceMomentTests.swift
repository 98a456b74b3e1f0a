// SPDX-License-Identifier: Apache-2.0
import OTLP
import Pricing
import Testing

@Suite struct PriceMomentTests {
    private static let day: UInt64 = 86_400_000_000_000
    private static let noon: UInt64 = 1_795_262_400_000_000_000

    @Test func `a time is a UTC day and minute`() {
        // 21 November 2026, 12:00 UTC.
        #expect(PriceMoment(nanoseconds: Self.noon) == PriceMoment(day: 20_778, minute: 720))
        #expect(PriceMoment(nanoseconds: Self.noon + Self.day / 2 - 1) == PriceMoment(day: 20_778, minute: 1439))
        #expect(PriceMoment(nanoseconds: Self.noon + Self.day / 2) == PriceMoment(day: 20_779, minute: 0))
    }

    @Test(
        arguments: [
            (noon - day, noon - 2 * day, noon, PriceMoment(nanoseconds: noon - day)),
            (0, noon - 2 * day, noon, PriceMoment(nanoseconds: noon - 2 * day)),
            (0, 0, noon, PriceMoment(nanoseconds: noon)),
            (1_577_836_799_999_999_999, 0, noon, PriceMoment(nanoseconds: noon)),
            (1_577_836_800_000_000_000, 0, noon, PriceMoment(day: 18_262, minute: 0)),
            (noon + day, 0, noon, PriceMoment(nanoseconds: noon + day)),
            (noon + day + 1, 0, noon, PriceMoment(nanoseconds: noon)),
            (UInt64.max, UInt64.max, noon, PriceMoment(nanoseconds: noon)),
            (noon, 0, nil, PriceMoment(nanoseconds: noon)),
            (0, 0, nil, PriceMoment.newest),
            (UInt64.max, 0, nil, PriceMoment.newest),
        ] as [(UInt64, UInt64, UInt64?, PriceMoment)])
    func `a call is dated by its own clock unless that is absurd`(
        _ end: UInt64, _ start: UInt64, _ arrival: UInt64?, _ expected: PriceMoment
    ) {
        #expect(PriceMoment.ofCall(end: Outside(end), start: Outside(start), arrival: arrival) == expected)
    }
}
