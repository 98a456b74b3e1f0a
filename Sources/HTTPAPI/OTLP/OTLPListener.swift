// SPDX-License-Identifier: Apache-2.0
package import Logging
import ServiceLifecycle

/// The OTLP listener: receives spans at `POST /v1/traces`.
///
/// At graceful shutdown it closes its listener and its idle connections, and lets requests in flight finish.
package struct OTLPListener: Service {
    private let listener: Listener
    private let workers: WorkerPool
    private let readiness: Readiness

    /// Makes the listener, which opens in ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: Settings, already validated.
    ///   - ingest: Receives the bodies, on the listener's workers and, small ones, on its event loops.
    ///   - counters: Counts the bodies.
    ///   - plan: The limits on connections.
    ///   - connectionCounters: Counts the connections.
    ///   - readiness: Set by this listener, shown by the web listener.
    ///   - refused: Keeps the refusals, for the pages of the web listener.
    ///   - logger: Logs what the operator has to know.
    ///   - wallNanoseconds: The time of day, in nanoseconds since 1970.
    ///   - onListening: Called once the listener is open, with its address and the port that the system chose.
    package init(
        configuration: HTTPAPIConfiguration, ingest: any BodyIngesting, counters: any ListenerCounting,
        plan: ConnectionPlan, connectionCounters: any ConnectionCounting,
        readiness: Readiness, refused: RefusedRequests = RefusedRequests(), logger: Logger,
        wallNanoseconds: @escaping @Sendable () -> UInt64,
        onListening: @escaping @Sendable (_ listener: ListenerName, _ address: String) -> Void
    ) {
        let workers = WorkerPool(count: configuration.workerCount)
        let events = ConnectionEvents(of: .otlp, limit: plan.otlp, counters: connectionCounters, logger: logger)
        let intake = TraceIntake(
            ingest: ingest, counters: counters, configuration: configuration, workers: workers,
            budget: InFlightBudget(
                limit: configuration.inflightLimit, largestBody: configuration.largestBody),
            events: events, refused: refused, logger: logger, wallNanoseconds: wallNanoseconds)
        let (connections, dates) = (Connections(limit: plan.otlp), DateHeader())
        self.workers = workers
        self.readiness = readiness
        self.listener = Listener(
            name: .otlp, address: configuration.otlpAddress, configuration: configuration,
            connections: connections, events: events,
            protocols: ForeignProtocols(
                events: events, refusals: intake.refusals,
                sentence: {
                    "this address takes OTLP over HTTP, not gRPC; set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf "
                        + "(in a Collector: use the exporter otlphttp, not otlp)"
                }),
            loops: plan.otlpLoops, logger: logger, wallNanoseconds: wallNanoseconds,
            onListening: {
                readiness.opened(at: $1)
                onListening($0, $1)
            },
            dates: dates,
            shortcut: { bodies in
                SmallBodies(intake, connections: connections, bodies: bodies) { dates.text(at: wallNanoseconds()) }
            },
            respond: { try await intake.respond($0, &$1, $2) })
    }

    /// Opens the listener and serves until shutdown.
    package func run() async throws {
        try await workers.whileRunning {
            try await withGracefulShutdownHandler {
                try await listener.run()
            } onGracefulShutdown: {
                readiness.closing()
            }
        }
    }
}
