// SPDX-License-Identifier: Apache-2.0

/// Which processes show their calls through more than one instrumentation scope.
///
/// Calls of the others have no twins with equal counts, which are expensive to look for. The table is small and fixed:
/// where two processes meet in one place both count as such with several scopes, which costs time and is never wrong.
struct ScopeCensus {
    private struct Place {
        var resource: UInt64 = 0
        var scope: UInt64 = 0
        var isTaken = false
        var hasSeveral = false
    }

    private var places = [Place](repeating: Place(), count: Self.size)

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
        if places[index].hasSeveral { return .several }
        if places[index].isTaken {
            if places[index].resource == key, places[index].scope == scope { return .one }
            places[index].hasSeveral = true
            return .second
        }
        places[index] = Place(resource: key, scope: scope, isTaken: true)
        return .one
    }

    /// Whether a process may have shown calls through several scopes.
    @inline(__always)
    func hasSeveral(_ key: UInt64) -> Bool { places[Self.index(key)].hasSeveral }

    @inline(__always)
    private static func index(_ key: UInt64) -> Int { Int(truncatingIfNeeded: key) & (size - 1) }

    private static var size: Int { 1_024 }
}
