// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// The connections of each peer, and which peers have the most.
struct PeerCensus {
    private var connections: [PeerAddress: [ObjectIdentifier: Connection]] = [:]
    /// The peers by how many connections they have.
    private var peers: [Int: Set<PeerAddress>] = [:]
    private var most = 0

    /// How many connections are compared at most, so that a new connection costs microseconds whatever the limit is.
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

    /// The connection that gives way first, of the peers that have the most.
    ///
    /// - Parameters:
    ///   - newcomer: The connection that it gives way to.
    ///   - now: The time now.
    /// - Returns: The connection, or `nil` when every one that was looked at is being worked on.
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
