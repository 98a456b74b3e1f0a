// SPDX-License-Identifier: Apache-2.0

/// The index of a family in its ``SeriesRegistry``.
package struct FamilyID: Hashable, Sendable {
    /// The families' numbers count from 0 in the order of registration.
    package let number: Int
}

/// The index of a series in its ``SeriesRegistry``: eight bytes that a caller remembers instead of label values.
package struct SeriesID: Hashable, Sendable {
    enum Kind: UInt8 { case counter, gauge, histogram }

    /// Where the value is: an index into the counters, the gauges or the histogram words.
    let slot: UInt32
    let familyNumber: UInt16
    let kind: Kind
    /// Whether some label value of the series is `__overflow__`, so that it stands for several label sets.
    package let isOverflow: Bool

    /// The family that the series belongs to.
    package var family: FamilyID { FamilyID(number: Int(familyNumber)) }
}
