// SPDX-License-Identifier: Apache-2.0
package import Aggregation
package import CallMetrics
package import Exposition
import HTTPTypes
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// The web listener: metrics, health checks and pages.
///
/// At graceful shutdown, metrics stay open as long as ``FinalScrape`` decides. List this service before all others, so that it
/// shuts down last, when nothing changes the metrics any more.
package struct WebListener: Service {
    private let listener: Listener
    private let renderers: WorkerPool
    private let pageRenderers: WorkerPool
    private let questions: QuestionLine
    private let wait: any Service
    private let logger: Logger

    /// Makes the listener, which opens in ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: Settings, already validated.
    ///   - render: Renders the metrics in a format for someone who has seen certain births, on a thread of the listener's own.
    ///   - counters: Counts the scrapes.
    ///   - plan: The limits on connections.
    ///   - connectionCounters: Counts the connections.
    ///   - readiness: What `/-/ready` shows.
    ///   - actions: What the pages show and do beyond metrics and health.
    ///   - routes: Rows of other rooms. None may have the path and methods of one of the service's own pages or of another
    ///     row; a row at the path that `web.telemetry_path` names is hidden by the metrics.
    ///   - version: The service's version, for the landing page.
    ///   - logger: Logs what the operator has to know.
    ///   - wallNanoseconds: The time of day, in nanoseconds since 1970.
    ///   - finalScrape: Decides how long metrics stay open at shutdown.
    ///   - cutShort: Returns to end the wait for final scrapes early, and when its task is cancelled.
    ///   - isHurried: Called once before that wait; `true` skips it.
    ///   - onListening: Called once the listener is open, with its address and the port that the system chose.
    package init<C: Clock>(
        configuration: HTTPAPIConfiguration,
        render: @escaping @Sendable (ExpositionFormat, _ seen: BirthHorizon?) -> RenderedPage,
        counters: any ListenerCounting, plan: ConnectionPlan, connectionCounters: any ConnectionCounting,
        readiness: Readiness, actions: WebActions = WebActions(), routes: [Route] = [], version: String, logger: Logger,
        wallNanoseconds: @escaping @Sendable () -> UInt64,
        finalScrape: FinalScrape<C>,
        cutShort: (@Sendable () async -> Void)? = nil, isHurried: @escaping @Sendable () -> Bool = { false },
        onListening: @escaping @Sendable (_ listener: ListenerName, _ address: String) -> Void
    ) where C.Duration == Duration {
        // One thread: scrapes take turns, so that only one page is being built at a time.
        let renderers = WorkerPool(count: 1)
        // Another thread for the other pages, since they may take longer than a scrape should wait.
        let pageRenderers = WorkerPool(count: 1)
        let questions = QuestionLine()
        let events = ConnectionEvents(of: .web, limit: plan.web, counters: connectionCounters, logger: logger)
        let shelf = PageShelf(limit: configuration.maxAnswerBytes, events: events)
        let pages = WebPages(
            telemetryPath: configuration.telemetryPath, version: version, counters: counters,
            readiness: readiness, actions: actions, enablesLifecycle: configuration.enablesLifecycle,
            scrapes: SharedPages(workers: renderers, shelf: shelf) { SharedPage($0, render: render) },
            watch: finalScrape)
        let otlpPort: @Sendable () -> Int = { readiness.otlpAddress?.port ?? configuration.otlpAddress.port }
        let refusals = RefusalLog(
            of: .web, in: actions.refused, logger: logger, wallNanoseconds: wallNanoseconds)
        let gate = RequestGate(
            hosts: AllowedHosts(configuration.allowedHosts), paths: OTLPPaths(configuration.tracePaths),
            telemetryPath: configuration.telemetryPath, otlpPort: otlpPort,
            refusals: refusals, events: events)
        let table = RouteTable(
            pages.routes(with: routes), notFound: pages.notFound, workers: pageRenderers, questions: questions,
            shelf: shelf, gate: gate)
        self.renderers = renderers
        self.pageRenderers = pageRenderers
        self.questions = questions
        wait = FinalScrapeWait(finalScrape: finalScrape, cutShort: cutShort, isHurried: isHurried, logger: logger)
        self.logger = logger
        self.listener = Listener(
            name: .web, address: configuration.webAddress, configuration: configuration,
            connections: Connections(limit: plan.web), events: events,
            protocols: ForeignProtocols(
                events: events, refusals: refusals,
                sentence: {
                    let port = otlpPort()
                    return "this address serves metrics over HTTP/1; send spans to \(Refusal.otlpPort(port)) "
                        + "(in an SDK: \(Refusal.endpoint(port)) and OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf)"
                }),
            loops: 1, logger: logger,
            wallNanoseconds: wallNanoseconds, onListening: onListening, whenCutOff: actions.endQuestions,
            respond: { request, body, _ in try await table.answer(WebRequest(request, from: body.remoteAddress)) })
    }

    /// Opens the listener and serves until shutdown and, when one is expected, a last scrape.
    package func run() async throws {
        try await renderers.whileRunning {
            try await pageRenderers.whileRunning {
                try await questions.threads.whileRunning {
                    // The group shuts its services down last first, so the listener closes after the wait.
                    let group = ServiceGroup(
                        configuration: .init(
                            services: [listener, wait], logger: Logger(label: "services")))
                    try await group.run()
                }
            }
        }
    }
}
