// SPDX-License-Identifier: Apache-2.0

/// Which processes show their calls through more than one instrumentation scope.
///
/// Calls of the others have no twins with equal counts, which are expensive to look for. The table is small and fixed:
/// where two processes meet on one entry both count as such with several scopes, which costs time and is never wrong.
struct ProcessScopes {
    private struct Entry {
        var resource: UInt64 = 0
        var scope: UInt64 = 0
        var isUsed = false
        var hasSeveral = false
    }

    private var entries = [Entry](repeating: Entry(), count: Self.size)

    /// What a call says about its process.
    enum Finding {
        /// No other scope was seen.
        case one
        /// Several scopes were seen.
        case several
        /// This is the second scope: calls that wait already may have twins now.
        case second
    }

    /// Notes that a process shows calls through a scope.
    ///
    /// - Parameters:
    ///   - key: The process, mixed with a secret.
    ///   - scope: The scope.
    /// - Returns: What is known of the process now.
    @inline(__always)
    mutating func note(_ key: UInt64, scope: UInt64) -> Finding {
        let index = Self.index(key)
        if entries[index].hasSeveral { return .several }
        if entries[index].isUsed {
            if entries[index].resource == key, entries[index].scope == scope { return .one }
            entries[index].hasSeveral = true
            return .second
        }
        entries[index] = Entry(resource: key, scope: scope, isUsed: true)
        return .one
    }

    /// Whether a process may have shown calls through several scopes.
    @inline(__always)
    func hasSeveral(_ key: UInt64) -> Bool { entries[Self.index(key)].hasSeveral }

    @inline(__always)
    private static func index(_ key: UInt64) -> Int { Int(truncatingIfNeeded: key) & (size - 1) }

    private static var size: Int { 1_024 }
}
