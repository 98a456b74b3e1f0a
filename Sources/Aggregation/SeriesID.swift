// SPDX-License-Identifier: Apache-2.0

/// The index of a family in its ``SeriesRegistry``.
package struct FamilyID: Hashable, Sendable {
    /// The number of the family, counted from 0 in the order of registration.
    package let number: Int
}

/// The index of a series in its ``SeriesRegistry``: eight bytes that a caller remembers instead of label values.
package struct SeriesID: Hashable, Sendable {
    enum Kind: UInt8 { case counter, gauge, histogram }

    /// The index of the value among the counters, the gauges or the histogram words.
    let slot: UInt32
    let familyNumber: UInt16
    let kind: Kind
    /// Whether some label value is `__overflow__`, so that the series is that of several label sets.
    package let isOverflow: Bool

    /// The family of the series.
    package var family: FamilyID { FamilyID(number: Int(familyNumber)) }
}
