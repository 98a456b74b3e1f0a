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

    private var places = [Place](repeating: Place(), count: 1_024)

    /// Notes that a process shows calls through a scope.
    ///
    /// - Parameters:
    ///   - key: The process, mixed with a secret.
    ///   - scope: The scope.
    @inline(__always)
    mutating func note(_ key: UInt64, scope: UInt64) {
        let index = Int(truncatingIfNeeded: key) & 1_023
        if places[index].isTaken, places[index].resource == key, places[index].scope == scope { return }
        if !places[index].isTaken {
            places[index] = Place(resource: key, scope: scope, isTaken: true)
        } else {
            places[index].resource = key
            places[index].hasSeveral = true
        }
    }

    /// Whether a process may have shown calls through several scopes.
    @inline(__always)
    func hasSeveral(_ key: UInt64) -> Bool {
        let place = places[Int(truncatingIfNeeded: key) & 1_023]
        return place.hasSeveral || place.resource != key
    }
}
