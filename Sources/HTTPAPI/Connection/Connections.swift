// SPDX-License-Identifier: Apache-2.0
import Ingest
import NIOCore
import Synchronization

/// The open connections of one listener, never more than its limit.
///
/// At the limit, a connection of the peer with the most connections, the new one included, gives way, which means that it is
/// closed. ``Connection/rank(at:)`` decides which one: first an idle one, then one whose answer has been unread for a second,
/// then one that receives a body, then a new one, last one that was just answered; among equals the one that has been so the
/// longest. If the listener is working on a request of each of them, the new connection is refused.
final class Connections: Sendable {
    /// The outcome for a new connection.
    enum Admission: Equatable {
        /// It is taken; another one with this use gave way, or none.
        case taken(insteadOf: Connection.Use?)
        /// It is refused: no other connection can give way.
        case refused
    }

    private struct State {
        var members: [ObjectIdentifier: Connection] = [:]
        var census = PeerCensus()
        /// The connections that were taken and are not served yet.
        var arrived: [ObjectIdentifier: Connection] = [:]
        /// The connections that were taken and have not ended, those that gave way included.
        var present = 0
        /// Resumed once the last connection has ended.
        var waiter: CheckedContinuation<Void, Never>?
    }

    let limit: Int
    private let state = Mutex(State())
    private let closing = Atomic(false)

    /// - Parameter limit: The most connections, at least 1.
    init(limit: Int) {
        self.limit = limit
    }

    /// The number of open connections.
    var count: Int { state.withLock { $0.members.count } }

    /// Whether the listener is closing, which makes each answer the last one of its connection.
    var isClosing: Bool { closing.load(ordering: .relaxed) }

    /// Takes a new connection if there is room or another one can give way.
    func admit(_ connection: Connection, at now: NIODeadline = .now()) -> Admission {
        let (admission, loser) = state.withLock { state -> (Admission, Connection?) in
            guard !isClosing else { return (.refused, nil) }
            state.members[ObjectIdentifier(connection.channel)] = connection
            state.census.add(connection)
            state.arrived[ObjectIdentifier(connection.channel)] = connection
            state.present += 1
            guard state.members.count > limit else { return (.taken(insteadOf: nil), nil) }
            let loser = state.census.first(besides: connection, at: now)
            let leaves = loser ?? connection
            state.members[ObjectIdentifier(leaves.channel)] = nil
            state.census.remove(leaves)
            if loser == nil {
                state.arrived[ObjectIdentifier(connection.channel)] = nil
                state.present -= 1
            }
            return (loser.map { .taken(insteadOf: $0.use) } ?? .refused, loser)
        }
        loser?.giveWay()
        return admission
    }

    /// Hands out the connection that was taken on a channel, once; `nil` on a second call.
    ///
    /// The caller serves it and then has to call ``remove(_:)``.
    func arrival(on channel: any Channel) -> Connection? {
        state.withLock { $0.arrived.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Notes that a connection which was taken has ended; call it once for each.
    func remove(_ connection: Connection) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            let key = ObjectIdentifier(connection.channel)
            if state.members[key] === connection {
                state.members[key] = nil
                state.census.remove(connection)
            }
            state.present -= 1
            guard state.present == 0 else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Refuses further connections, closes idle ones, and lets requests in flight finish.
    func quiesce() {
        let all = state.withLock { state in
            closing.store(true, ordering: .relaxed)
            return Array(state.members.values)
        }
        for connection in all { connection.quiesce() }
    }

    /// Ends every connection.
    func cutOff() {
        for connection in state.withLock({ Array($0.members.values) }) {
            // The task of a request in work counts the request before it closes the connection.
            if connection.use == .working || connection.use == .reading {
                connection.cancel()
            } else {
                connection.giveWay()
            }
        }
    }

    /// Waits until the last connection has ended; one caller at a time.
    func emptied() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                guard state.present > 0 else { return true }
                state.waiter = continuation
                return false
            }
            if isEmpty { continuation.resume() }
        }
    }
}
