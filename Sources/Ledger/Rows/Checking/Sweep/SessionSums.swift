// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Compares sessions with their calls without remembering each session.
///
/// Each session belongs to one of some hundred groups. A group adds up what its sessions say and what the calls say, each session
/// with a factor of its own, so that sums that are shifted from one session to another are seen, too. Only for groups that differ
/// is each session compared, in a second pass.
struct SessionSums {
    /// The counts of a session in words.
    static let names = CallColumns.sumNames
    private static let groups = 1_024
    /// The groups that are looked at in a second pass.
    private static let mostGroups = 8

    private var stated: [CheckedSums]
    private var found: [CheckedSums]

    init() {
        stated = Array(repeating: CheckedSums(CallColumns.sums.count), count: Self.groups)
        found = stated
    }

    /// Adds a call of a session.
    @inline(__always)
    mutating func add(_ call: borrowing CheckedCall, session: Int64) {
        var own = CheckedSums(CallColumns.sums.count)
        own.add(call)
        Self.add(own, of: session, to: &found)
    }

    /// Adds what the row of a session says.
    mutating func state(_ sums: CheckedSums, session: Int64) { Self.add(sums, of: session, to: &stated) }

    /// The groups whose sums differ.
    var differing: Set<Int> { Set((0..<Self.groups).filter { stated[$0] != found[$0] }.prefix(Self.mostGroups)) }

    /// The group of a session.
    static func group(of session: Int64) -> Int { Int(truncatingIfNeeded: factor(session) >> 40) & (groups - 1) }

    @inline(__always)
    private static func add(_ own: CheckedSums, of session: Int64, to groups: inout [CheckedSums]) {
        let (group, factor) = (group(of: session), factor(session))
        for index in own.counts.indices where own.counts[index] != 0 {
            groups[group].counts[index] &+= own.counts[index] &* factor
        }
        groups[group].femtodollars &+= own.femtodollars &* Int128(factor)
    }

    /// An odd number that looks random and is always the same for a session (the mixing of SplitMix64).
    @inline(__always)
    private static func factor(_ session: Int64) -> Int64 {
        var word = UInt64(bitPattern: session) &+ 0x9E37_79B9_7F4A_7C15
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return Int64(bitPattern: (word ^ word >> 31) | 1)
    }
}
