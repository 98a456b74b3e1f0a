// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Exposition

@Suite struct BucketBoundTests {
    @Test(
        arguments: [
            (0, 9, "0.0"), (0, 0, "0.0"),
            (500_000_000, 9, "0.5"), (1_000_000_000, 9, "1.0"), (30_000_000_000, 9, "30.0"), (1_000_000, 9, "0.001"),
            (2_500_000_000, 9, "2.5"), (7_525_000_000, 9, "7.525"), (25_000_000, 9, "0.025"),
            (10_000_000_000, 9, "10.0"),
            (1, 0, "1.0"), (4, 0, "4.0"), (64, 0, "64.0"), (16_384, 0, "16384.0"), (262_144, 0, "262144.0"),
            (1_048_576, 0, "1.048576e+06"), (67_108_864, 0, "6.7108864e+07"),
        ] as [(Int64, Int, String)])
    func `a bound is written as Go would write the float`(bound: Int64, scale: Int, text: String) {
        #expect(BucketBound.text(bound, scale: scale) == text)
    }

    @Test(
        arguments: [
            (-10, "1e-10"), (-9, "1e-09"), (-8, "1e-08"), (-7, "1e-07"), (-6, "1e-06"), (-5, "1e-05"), (-4, "0.0001"),
            (-3, "0.001"), (-2, "0.01"), (-1, "0.1"), (0, "1.0"), (1, "10.0"), (2, "100.0"), (3, "1000.0"),
            (4, "10000.0"), (5, "100000.0"), (6, "1e+06"), (7, "1e+07"), (8, "1e+08"),
        ] as [(Int, String)])
    func `powers of ten are written as OpenMetrics lists them`(power: Int, text: String) {
        let bound = (0..<(power + 10)).reduce(1 as Int64) { value, _ in value * 10 }
        #expect(BucketBound.text(bound, scale: 10) == text)
    }
}
