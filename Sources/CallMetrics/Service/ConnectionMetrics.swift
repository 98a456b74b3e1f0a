// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Synchronization

/// The connections of both listeners: how many are open, and how many the service closed or refused, by reason.
package final class ConnectionMetrics: Sendable {
    /// A listener, as a value of the `listener` label.
    package enum Listener: String, CaseIterable, Sendable {
        /// `POST /v1/traces`.
        case otlp
        /// Metrics and pages.
        case web
    }

    /// A refusal or a close that the peer did not ask for.
    package enum Event: Hashable, Sendable {
        /// An idle connection was closed to make room for a new one.
        case gaveWayIdle
        /// A connection whose peer had not read an answer was closed to make room.
        case gaveWayUnread
        /// A connection that was receiving a request body was closed to make room.
        case gaveWayReading
        /// A new connection was closed, because a request was in work on every connection of the address with the most.
        case refusedFull
        /// The system had no file descriptor for a new connection, which waits in the system's queue.
        case refusedNoDescriptor
        /// A peer did not read an answer in time, and the connection was closed.
        case unreadAnswer
        /// A request broke the rules of HTTP/1.
        case badRequest
        /// A request was refused, for a reason that its path, method or host shows, or because it is not HTTP/1.
        case refusedRequest(RequestRefusal)
    }

    /// Why a request was refused, as a value of the `reason` label.
    package enum RequestRefusal: String, CaseIterable, Sendable {
        /// An unknown path, or one of metrics or logs with a body of spans.
        case path
        /// A method that its path does not accept.
        case method
        /// Metrics or logs, which the settings refuse.
        case signal
        /// Metrics or logs that could not be received: over a limit, or too slow.
        case body
        /// A host name that the settings do not allow.
        case host
        /// Spans, metrics or logs sent to the web listener, or a scrape of the OTLP listener.
        case wrongPort = "wrong_port"
        /// HTTP/2, with which gRPC begins.
        case http2
        /// TLS, with which https begins.
        case tls
    }

    private struct Series {
        let open: SeriesID
        let limit: SeriesID
        let events: [Event: SeriesID]
    }

    private let store: MetricsStore
    private let series: [Listener: Series]
    /// The number of open connections.
    private let open = Mutex([Listener: Int]())

    /// Registers the families.
    ///
    /// - Parameter store: Where they go.
    package init(store: MetricsStore) {
        self.store = store
        series = store.update { registry in
            func family(_ name: String, _ help: String, _ kind: MetricFamily.Kind, reasons: [String] = [])
                -> FamilyID
            {
                registry.register(
                    MetricFamily(
                        name: name, help: help, kind: kind,
                        labels: [.fixed("listener", Listener.allCases.map(\.rawValue))]
                            + (reasons.isEmpty ? [] : [.fixed("reason", reasons)])))
            }
            let open = family("llm_cost_exporter_connections", "Number of open connections.", .gauge)
            let limit = family(
                "llm_cost_exporter_connections_limit", "Largest number of connections that may be open at once.", .gauge
            )
            let evicted = family(
                "llm_cost_exporter_connections_evicted_total",
                "Connections closed to make room for new ones, by reason.", .counter,
                reasons: ["idle", "unread_answer", "slow_body"])
            let refused = family(
                "llm_cost_exporter_connections_refused_total",
                "New connections refused, by reason.", .counter, reasons: ["full", "no_descriptor"])
            let unread = family(
                "llm_cost_exporter_unread_answers_total",
                "Answers that the peer did not read in time; the service closed the connection.", .counter)
            let bad = family(
                "llm_cost_exporter_bad_requests_total",
                "Requests refused because they break the rules of HTTP/1, or because too many before them have no answer yet.",
                .counter)
            let refusedRequests = family(
                "llm_cost_exporter_requests_refused_total",
                "Requests refused for their path, method, host or protocol, by reason.", .counter,
                reasons: RequestRefusal.allCases.map(\.rawValue))
            var all: [Listener: Series] = [:]
            for listener in Listener.allCases {
                let name = listener.rawValue
                var events: [Event: SeriesID] = [
                    .gaveWayIdle: registry.series(evicted, [name, "idle"]),
                    .gaveWayUnread: registry.series(evicted, [name, "unread_answer"]),
                    .gaveWayReading: registry.series(evicted, [name, "slow_body"]),
                    .refusedFull: registry.series(refused, [name, "full"]),
                    .refusedNoDescriptor: registry.series(refused, [name, "no_descriptor"]),
                    .unreadAnswer: registry.series(unread, [name]),
                    .badRequest: registry.series(bad, [name]),
                ]
                for reason in RequestRefusal.allCases where reason.isPossible(at: listener) {
                    events[.refusedRequest(reason)] = registry.series(refusedRequests, [name, reason.rawValue])
                }
                all[listener] = Series(
                    open: registry.series(open, [name]), limit: registry.series(limit, [name]),
                    events: events)
            }
            return all
        }
    }

    /// Shows how many connections a listener may have.
    package func limit(_ limit: Int, of listener: Listener) {
        guard let series = series[listener] else { return }
        store.update { $0.set(Int128(limit), of: series.limit) }
    }

    /// Counts a connection that was opened (1) or has closed (-1).
    package func open(_ change: Int, of listener: Listener) {
        guard let series = series[listener] else { return }
        store.update { registry in
            let count = open.withLock { open in
                open[listener, default: 0] += change
                return open[listener, default: 0]
            }
            registry.set(Int128(count), of: series.open)
        }
    }

    /// Counts a refusal or a close.
    package func count(_ event: Event, at listener: Listener) {
        guard let series = series[listener]?.events[event] else { return }
        store.update { $0.add(1, to: series) }
    }
}

extension ConnectionMetrics.RequestRefusal {
    /// Whether requests to a listener are refused for this reason.
    fileprivate func isPossible(at listener: ConnectionMetrics.Listener) -> Bool {
        switch self {
        case .path, .method, .wrongPort, .http2, .tls: true
        case .signal, .body: listener == .otlp
        case .host: listener == .web
        }
    }
}
