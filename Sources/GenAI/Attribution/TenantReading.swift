// SPDX-License-Identifier: Apache-2.0

/// Identifies the tenants of calls: rules for the attributes that identify tenants, read like labels, and the values that calls
/// had.
///
/// New price books may identify tenants by other attributes, so that a process may have several in turn. The number in
/// ``ModelCall/tenantClass`` says which one it belongs to.
package struct TenantReading: Sendable {
    /// The rules, and the values behind numbers.
    package let values: AttributionTable
    /// Distinguishes the numbers of this reading from those of earlier ones.
    package let generation: UInt8

    /// Makes a reading.
    ///
    /// - Parameters:
    ///   - values: A table with a capacity below 2^24.
    ///   - generation: A number that differs from that of every reading with unpriced calls.
    package init(values: AttributionTable = AttributionTable(), generation: UInt8 = 0) {
        self.values = values
        self.generation = generation
    }

    /// The tenant class of a call with a number in ``values``; 0 for no values.
    @inline(__always)
    func tenantClass(of number: UInt32) -> UInt32 { number == 0 ? 0 : UInt32(generation) << 24 | number }

    /// The generation of a tenant class, and its number in the table of that generation.
    package static func parts(of tenantClass: UInt32) -> (generation: UInt8, number: UInt32) {
        (UInt8(tenantClass >> 24), tenantClass & 0xFF_FFFF)
    }
}
