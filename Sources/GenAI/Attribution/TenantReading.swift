// SPDX-License-Identifier: Apache-2.0

/// What tells whose call one is, where prices depend on it: rules for labels that nobody sees, and the values that calls
/// had.
///
/// Other books may ask for other attributes, so that there are several in the life of a process. The number in
/// ``ModelCall/tenantClass`` says which one it is from.
package struct TenantReading: Sendable {
    /// The rules, and the values behind numbers.
    package let values: AttributionTable
    /// Tells the numbers of this one from those of the ones before.
    package let generation: UInt8

    /// Makes a reading.
    ///
    /// - Parameters:
    ///   - values: A table with a capacity below 2^24.
    ///   - generation: Another number than those of readings whose calls are still on their way.
    package init(values: AttributionTable = AttributionTable(), generation: UInt8 = 0) {
        self.values = values
        self.generation = generation
    }

    /// The class of a call that has a number in ``values``; 0 for nothing.
    @inline(__always)
    func tenantClass(of number: UInt32) -> UInt32 { number == 0 ? 0 : UInt32(generation) << 24 | number }

    /// The generation and the number in its table that a class consists of.
    package static func parts(of tenantClass: UInt32) -> (generation: UInt8, number: UInt32) {
        (UInt8(tenantClass >> 24), tenantClass & 0xFF_FFFF)
    }
}
