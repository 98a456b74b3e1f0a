// SPDX-License-Identifier: Apache-2.0

/// The kinds of records.
///
/// A raw value is never reused for another kind. A reader refuses kinds that it does not know: to skip such a record could
/// change counters.
package enum RecordKind: UInt8, Sendable, CaseIterable {
    /// What a segment is: its first record, without a number.
    case header = 1
    /// Definitions of an abandoned segment, repeated without a number.
    case definitions = 2
    /// Spans that entered the settle window.
    case arrivals = 3
    /// Spans that were decided.
    case decisions = 4
    /// The prices of counted calls.
    case prices = 5
    /// The root spans of traces with calls: their names and times.
    case roots = 6
    /// Amounts that counters get and that belong to no call.
    case charges = 7

    /// Whether records of the kind have a number.
    var isNumbered: Bool { rawValue >= 3 }
}

/// The frame around each record: how long it is, a checksum, its number and kind.
///
/// All numbers are in the order of bytes of the CPU, little-endian on all that the service is built for.
///
/// ```
/// offset  bytes
///      0  4      the length of the content
///      4  4      CRC-32C of everything behind it
///      8  8      the number; 0 for a record without one
///     16  1      the kind
///     17  7      zero, so that content begins at a multiple of eight bytes
///     24  …      the content, a multiple of eight bytes
/// ```
package enum RecordFrame {
    /// The bytes in front of the content.
    package static let headBytes = 24
    /// The largest content: more is a torn or damaged length.
    package static let mostBytes = 256 << 20
    /// What every segment begins with: eight letters and the version of the format.
    package static let magic: [UInt8] = Array("LLMCEJNL".utf8)
    /// The version of this format; readers refuse newer ones.
    ///
    /// 2 has dimensions of calls and roots of traces, in records that are otherwise those of 1. 3 writes only the
    /// words in which a call or span differs from the one before it, and a session apart from the other values of its set; it may
    /// have all records of 2.
    package static let version: UInt64 = 3
    /// The bytes in front of the first record of a segment.
    package static let prefixBytes = 16
}
