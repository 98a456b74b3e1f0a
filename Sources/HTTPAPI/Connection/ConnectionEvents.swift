// SPDX-License-Identifier: Apache-2.0
package import Ingest
import Logging
import Synchronization

/// Where a listener's connections are counted.
package protocol ConnectionCounting: Sendable {
    /// Shows how many connections a listener may have.
    ///
    /// - Parameters:
    ///   - limit: The number of connections.
    ///   - listener: The listener.
    func limit(_ limit: Int, of listener: ConnectionMetrics.Listener)

    /// Counts a connection that was opened (1) or has closed (-1).
    ///
    /// - Parameters:
    ///   - change: 1 or -1.
    ///   - listener: The listener.
    func open(_ change: Int, of listener: ConnectionMetrics.Listener)

    /// Counts something that went against a peer.
    ///
    /// - Parameters:
    ///   - event: What happened.
    ///   - listener: The listener.
    func count(_ event: ConnectionMetrics.Event, at listener: ConnectionMetrics.Listener)
}

extension ConnectionMetrics: ConnectionCounting {}

/// Counts what happens to the connections of one listener, and logs at most one line in ten seconds about each kind.
final class ConnectionEvents: Sendable {
    /// What can happen to a connection that its peer does not want.
    enum Event {
        case gaveWay(Connection.Use)
        case refused
        case noDescriptor
        case unread
        case badRequest
    }

    private let listener: ConnectionMetrics.Listener
    private let counters: any ConnectionCounting
    private let logger: Logger
    private let limit: Int
    /// For each kind of event: when it may be logged again, in nanoseconds, and how many were not logged.
    private let unlogged = Mutex([ConnectionMetrics.Event: (again: UInt64, count: Int)]())

    private static let logInterval: UInt64 = 10_000_000_000

    init(of door: DoorName, limit: Int, counters: any ConnectionCounting, logger: Logger) {
        listener =
            switch door {
            case .otlp: .otlp
            case .web: .web
            }
        self.counters = counters
        self.logger = logger
        self.limit = limit
        counters.limit(limit, of: listener)
    }

    func opened() { counters.open(1, of: listener) }

    func closed() { counters.open(-1, of: listener) }

    func count(_ event: Event) {
        let kind: ConnectionMetrics.Event
        switch event {
        case .gaveWay(.idle), .gaveWay(.new): kind = .gaveWayIdle
        case .gaveWay(.unreadAnswer): kind = .gaveWayUnread
        case .gaveWay: kind = .gaveWayReading
        case .refused: kind = .refusedFull
        case .noDescriptor: kind = .refusedNoDescriptor
        case .unread: kind = .unreadAnswer
        case .badRequest: kind = .badRequest
        }
        counters.count(kind, at: listener)
        guard let text = text(kind), let number = number(ofLogged: kind) else { return }
        logger.warning(
            "\(text)", metadata: ["door": "\(listener.rawValue)", "max_connections": "\(limit)", "times": "\(number)"])
    }

    /// How many events of a kind a line tells of; `nil` when the last line is too recent.
    private func number(ofLogged kind: ConnectionMetrics.Event) -> Int? {
        let now = WallClock.monotonicNanoseconds()
        return unlogged.withLock { unlogged in
            var (again, count) = unlogged[kind] ?? (0, 0)
            count += 1
            let isDue = now >= again
            if isDue { again = now &+ Self.logInterval }
            unlogged[kind] = (again, isDue ? 0 : count)
            return isDue ? count : nil
        }
    }

    /// What is logged; `nil` for what a sender alone can get wrong.
    private func text(_ kind: ConnectionMetrics.Event) -> String? {
        switch kind {
        case .gaveWayIdle: "all connections were in use: an idle one was closed for a new one"
        case .gaveWayUnread: "all connections were in use: one whose answer is not read was closed for a new one"
        case .gaveWayReading: "all connections were in use: one whose body was on its way was closed for a new one"
        case .refusedFull: "all connections were in use and at work: a new one was closed"
        case .refusedNoDescriptor: "the system has no file descriptor for a new connection: it has to wait"
        case .unreadAnswer: "a connection was closed because its answer was not read (http.write_timeout)"
        case .badRequest: nil
        }
    }
}
