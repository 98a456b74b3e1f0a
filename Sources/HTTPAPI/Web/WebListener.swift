// SPDX-License-Identifier: Apache-2.0
package import Exposition
import HTTPTypes
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// The web listener: metrics, health checks and pages.
///
/// At graceful shutdown metrics stay open as ``FinalScrape`` decides; list this service before every other, so that its
/// turn to shut down comes when nothing changes the metrics any more.
package struct WebListener: Service {
    private let listener: Listener
    private let renderers: WorkerPool
    private let clerks: WorkerPool
    private let wait: any Service
    private let logger: Logger

    /// Makes the listener; it opens when run.
    ///
    /// - Parameters:
    ///   - configuration: Settings, already validated.
    ///   - render: Renders the metrics in a format, on a thread of the listener's own.
    ///   - counters: Where scrapes are counted.
    ///   - plan: How many connections there may be.
    ///   - connectionCounters: Counts the connections.
    ///   - readiness: What `/-/ready` shows.
    ///   - actions: What can be done and asked beyond metrics and health.
    ///   - version: The service's version, for the landing page.
    ///   - logger: For what the framework has to say.
    ///   - wallNanoseconds: The time of day, in nanoseconds since 1970.
    ///   - finalScrape: Decides how long metrics stay open at shutdown.
    ///   - cutShort: Returns to end the wait for final scrapes early, and when its task is cancelled.
    ///   - isHurried: Called once before that wait; `true` skips it.
    ///   - onListening: Called once the listener is open, with its address and the port the system chose.
    package init<C: Clock>(
        configuration: HTTPAPIConfiguration, render: @escaping @Sendable (ExpositionFormat) -> [UInt8],
        counters: any ListenerCounting, plan: ConnectionPlan, connectionCounters: any ConnectionCounting,
        readiness: Readiness, actions: WebActions = WebActions(), version: String, logger: Logger,
        wallNanoseconds: @escaping @Sendable () -> UInt64,
        finalScrape: FinalScrape<C>,
        cutShort: (@Sendable () async -> Void)? = nil, isHurried: @escaping @Sendable () -> Bool = { false },
        onListening: @escaping @Sendable (_ listener: ListenerName, _ address: String) -> Void
    ) where C.Duration == Duration {
        // One thread: scrapes take turns, so that only one page is being built at a time.
        let renderers = WorkerPool(count: 1)
        let clerks = WorkerPool(count: 1)
        let events = ConnectionEvents(of: .web, limit: plan.web, counters: connectionCounters, logger: logger)
        let shelf = PageShelf(limit: configuration.maxAnswerBytes, events: events)
        let path = configuration.telemetryPath
        let pages = WebPages(
            telemetryPath: path, counters: counters,
            readiness: readiness, actions: actions, enablesLifecycle: configuration.enablesLifecycle,
            scrapes: SharedPages(workers: renderers, shelf: shelf) { SharedPage($0, render: render) },
            views: SharedPages(workers: clerks, shelf: shelf) {
                SharedPage($0, telemetryPath: path, version: version, actions: actions)
            },
            scrapeBegan: { finalScrape.scrapeBegan(by: $0, on: $1) })
        self.renderers = renderers
        self.clerks = clerks
        wait = FinalScrapeWait(finalScrape: finalScrape, cutShort: cutShort, isHurried: isHurried, logger: logger)
        self.logger = logger
        self.listener = Listener(
            name: .web, address: configuration.webAddress, configuration: configuration,
            connections: Connections(limit: plan.web), events: events, loops: 1, logger: logger,
            wallNanoseconds: wallNanoseconds, onListening: onListening,
            respond: { request, body, _ in try await pages.answer(request, from: body.remoteAddress) })
    }

    /// Opens the listener and serves until shutdown and, when one is expected, a last scrape.
    package func run() async throws {
        try await renderers.whileRunning {
            try await clerks.whileRunning {
                // The group shuts its services down last first, so the listener closes after the wait.
                let group = ServiceGroup(
                    configuration: .init(
                        services: [listener, wait], logger: logger))
                try await group.run()
            }
        }
    }
}
