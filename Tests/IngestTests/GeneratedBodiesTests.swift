// SPDX-License-Identifier: Apache-2.0
import Fuzzing
import Testing

/// The short form of `make fuzz`.
@Suite struct GeneratedBodiesTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `bodies that mean absurd things do no harm, and no counter loses anything`(seed: UInt64) throws {
        let spans = try FuzzRun(seed: seed, bodies: 150, checkEvery: 50).run()
        #expect(spans > 500)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `price files at the bounds are refused or price every call`(seed: UInt64) throws {
        let taken = try FuzzRun.priceFiles(100, seed: seed)
        #expect((1..<100).contains(taken))
    }
}
