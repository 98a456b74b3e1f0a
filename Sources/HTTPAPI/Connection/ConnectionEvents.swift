// SPDX-License-Identifier: Apache-2.0
package import CallMetrics
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

    /// Counts a refusal or a close that the peer did not ask for.
    ///
    /// - Parameters:
    ///   - event: What happened.
    ///   - listener: The listener.
    func count(_ event: ConnectionMetrics.Event, at listener: ConnectionMetrics.Listener)
}

extension ConnectionMetrics: ConnectionCounting {}

/// Counts the events of one listener's connections, and logs at most one line in ten seconds about each kind of event.
final class ConnectionEvents: Sendable {
    /// An event that a connection's peer did not ask for.
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
    private let spacing = LogSpacing<ConnectionMetrics.Event>()

    init(of name: ListenerName, limit: Int, counters: any ConnectionCounting, logger: Logger) {
        listener =
            switch name {
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

    /// Counts a request that was refused for its path, method, host or protocol.
    func count(_ reason: ConnectionMetrics.RequestRefusal) { counters.count(.refusedRequest(reason), at: listener) }

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
        guard let text = text(kind), let number = spacing.note(kind) else { return }
        logger.warning(
            "\(text)",
            metadata: ["door": "\(listener.rawValue)", "max_connections": "\(limit)", "times": "\(number)"])
    }

    /// The message to log; `nil` for a sender's own mistakes.
    private func text(_ kind: ConnectionMetrics.Event) -> String? {
        switch kind {
        case .gaveWayIdle: "all connections were in use: an idle one was closed for a new one"
        case .gaveWayUnread: "all connections were in use: one with an unread answer was closed for a new one"
        case .gaveWayReading: "all connections were in use: one that was receiving a body was closed for a new one"
        case .refusedFull: "all connections were in use, and none could be closed for a new one: the new one was closed"
        case .refusedNoDescriptor: "the system has no file descriptor for a new connection: the connection waits"
        case .unreadAnswer:
            "a connection was closed because its peer did not read an answer in time (http.write_timeout)"
        case .badRequest, .refusedRequest: nil
        }
    }
}
