// SPDX-License-Identifier: Apache-2.0

/// Groups of twins: spans of one call, decided together.
extension SettleRing {
    /// The largest number of spans of a group; no call is reported by so many.
    static var mostTwins: UInt32 { 64 }

    /// Makes one group of the groups of two spans.
    ///
    /// - Returns: Whether both are in one group now; `false` if it would be too large.
    mutating func join(_ one: UInt32, _ other: UInt32) -> Bool {
        var (large, small) = (self[ties: one].lead, self[ties: other].lead)
        guard large != small else { return true }
        if self[ties: large].twins < self[ties: small].twins { swap(&large, &small) }
        guard self[ties: large].twins + self[ties: small].twins <= Self.mostTwins else { return false }
        self[ties: large].twins += self[ties: small].twins
        var member = small
        repeat {
            self[ties: member].lead = large
            member = self[member].nextTwin
        } while member != small
        let next = self[large].nextTwin
        self[large].nextTwin = self[small].nextTwin
        self[small].nextTwin = next
        return true
    }

    /// Takes a span out of its group, whose lead is then another member.
    ///
    /// - Returns: A member that is left, or `nil`.
    mutating func leaveTwins(_ number: UInt32) -> UInt32? {
        let rest = self[number].nextTwin
        guard rest != number else { return nil }
        let twins = self[ties: self[ties: number].lead].twins
        var last = rest
        while true {
            self[ties: last].lead = rest
            guard self[last].nextTwin != number else { break }
            last = self[last].nextTwin
        }
        self[last].nextTwin = rest
        self[ties: rest].twins = twins - 1
        return rest
    }
}
