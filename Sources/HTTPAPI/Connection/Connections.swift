// SPDX-License-Identifier: Apache-2.0
import Ingest
import NIOCore
import Synchronization

/// The open connections of one listener, never more than its limit.
///
/// At the limit, a connection of the peer that then has the most connections gives way to the new one: an idle connection
/// first, then one whose answer its peer does not read, then one whose body is on its way; of two, the one that has been so
/// for longer. Where all of them are being worked on, the new connection is refused.
final class Connections: Sendable {
    /// What became of a new connection.
    enum Admission: Equatable {
        /// It is taken; the connection that gave way for it did this.
        case taken(insteadOf: Connection.Use?)
        /// It is refused: nothing gives way.
        case refused
    }

    private struct State {
        var members: [ObjectIdentifier: Connection] = [:]
        var census = PeerCensus()
        /// The connections that were taken and that nobody has begun to serve.
        var arrived: [ObjectIdentifier: Connection] = [:]
        /// The connections that were taken and have not ended, those that gave way included.
        var present = 0
        /// Resumed once the last connection is gone.
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

    /// Whether the listener is closing, so that each answer is the last of its connection.
    var isClosing: Bool { closing.load(ordering: .relaxed) }

    /// Takes a new connection, if there is room or room can be made.
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

    /// The connection that was taken on a channel, once: for whoever begins to serve it and then has to ``remove(_:)`` it.
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
            // A request in work is told by its task, which counts it before the connection closes.
            if connection.use == .working || connection.use == .reading {
                connection.cancel()
            } else {
                connection.giveWay()
            }
        }
    }

    /// Waits until the last connection is gone; one caller at a time.
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
