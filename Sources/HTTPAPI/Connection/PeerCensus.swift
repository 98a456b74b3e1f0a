// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// The connections of each peer, and which peers have the most.
struct PeerCensus {
    private var connections: [PeerAddress: [ObjectIdentifier: Connection]] = [:]
    /// The peers by their number of connections.
    private var peers: [Int: Set<PeerAddress>] = [:]
    private var most = 0

    /// The largest number of connections that are compared, so that a new connection costs microseconds whatever the limit is.
    private static let mostCompared = 1024

    mutating func add(_ connection: Connection) {
        let count = connections[connection.peer]?.count ?? 0
        connections[connection.peer, default: [:]][ObjectIdentifier(connection)] = connection
        move(connection.peer, from: count, to: count + 1)
    }

    mutating func remove(_ connection: Connection) {
        let count = connections[connection.peer]?.count ?? 0
        guard connections[connection.peer]?.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        if count == 1 { connections[connection.peer] = nil }
        move(connection.peer, from: count, to: count - 1)
    }

    /// Of the connections of the peers with the most, the one that gives way first.
    ///
    /// - Parameters:
    ///   - newcomer: The connection that it gives way to.
    ///   - now: The time now.
    /// - Returns: The connection, or `nil` if the listener is working on a request of each one compared.
    func first(besides newcomer: Connection, at now: NIODeadline) -> Connection? {
        var (first, rank, compared) = (Connection?.none, UInt64.max, 0)
        for peer in peers[most] ?? [] {
            for connection in (connections[peer] ?? [:]).values where connection !== newcomer {
                compared += 1
                let itsRank = connection.rank(at: now)
                if itsRank < min(rank, Connection.workingRank) { (first, rank) = (connection, itsRank) }
                if compared == Self.mostCompared { return first }
            }
        }
        return first
    }

    private mutating func move(_ peer: PeerAddress, from old: Int, to new: Int) {
        if old > 0 {
            peers[old]?.remove(peer)
            if peers[old]?.isEmpty == true { peers[old] = nil }
        }
        if new > 0 { peers[new, default: []].insert(peer) }
        // Counts change by one, so the most do, too.
        if new > most || peers[most] == nil { most = new }
    }
}
