// SPDX-License-Identifier: Apache-2.0
package import Pages

/// The settings of both listeners; every default works.
///
/// The environment variables exist for flags only; a setting that names none has none.
package struct HTTPAPIConfiguration: Sendable, Equatable {
    /// Where spans are taken: `host:port`, `:port`, `[::1]:0`.
    ///
    /// Default `127.0.0.1:4318`. Flag `--otlp.listen-address`, file key `otlp.listen_address`,
    /// environment `LLM_COST_EXPORTER_OTLP_LISTEN_ADDRESS`.
    package var otlpAddress = ListenAddress.loopback(port: 4318)

    /// Where metrics and pages are served: `host:port`, `:port`, `[::1]:0`.
    ///
    /// Default `127.0.0.1:9464`. Flag `--web.listen-address`, file key `web.listen_address`,
    /// environment `LLM_COST_EXPORTER_WEB_LISTEN_ADDRESS`.
    package var webAddress = ListenAddress.loopback(port: 9464)

    /// The path of the metrics on the web listener, beginning with `/`.
    ///
    /// Default `/metrics`. Flag `--web.telemetry-path`, file key `web.telemetry_path`,
    /// environment `LLM_COST_EXPORTER_WEB_TELEMETRY_PATH`.
    package var telemetryPath = "/metrics"

    /// The names, in addition to `localhost` and any IP address, under which pages and `/api/` answer; metrics and health
    /// checks answer under any name.
    ///
    /// So no website reads the figures through a name of its own that points to this service (DNS rebinding).
    /// Default none. File key `web.allowed_hosts`.
    package var allowedHosts: [String] = []

    /// Which pages about stored calls there are; `nil` for all of them where only this machine reaches the web listener, and
    /// otherwise those on which no user, trace or session is named.
    ///
    /// Default `nil`. File key `web.pages`.
    package var pages: PageRule?

    /// Whether questions about stored calls are answered over HTTP, also those in the words of Langfuse's metrics API.
    ///
    /// Answers name users, sessions and traces, whatever ``pages`` says. Default true. File key `web.questions`.
    package var answersQuestions = true

    /// Which pages there are, by setting and address.
    package var pageRule: PageRule { pages ?? (webAddress.isLoopback ? .all : .overview) }

    /// Further paths at which the OTLP listener accepts spans, each beginning with `/`.
    ///
    /// Default none. File key `otlp.paths`.
    package var tracePaths: [String] = []

    /// Whether the service accepts metrics and logs, and drops them, or refuses them.
    ///
    /// Default `accept`. File key `otlp.other_signals`.
    package var otherSignals = OtherSignalRule.accept

    /// What happens to metrics and logs.
    package enum OtherSignalRule: String, CaseIterable, Sendable {
        /// The service answers 200 and drops them.
        case accept
        /// The service answers 404.
        case reject
    }

    /// Whether `POST /-/reload` reads settings and prices again; otherwise it is answered 403.
    ///
    /// Default false. Flag `--web.enable-lifecycle`, file key `web.enable_lifecycle`,
    /// environment `LLM_COST_EXPORTER_WEB_ENABLE_LIFECYCLE`.
    package var enablesLifecycle = false

    /// The largest body taken, in bytes as sent (compressed bytes when compressed); larger ones are answered 413.
    ///
    /// Default 20 MiB. File key `otlp.max_body_bytes`.
    package var maxBodyBytes = 20 << 20

    /// The largest body after inflating, in bytes.
    ///
    /// Hand the same figure to the pipeline, which enforces it; here it caps the estimate for a compressed body.
    /// Default 64 MiB. File key `otlp.max_inflated_bytes`.
    package var maxInflatedBytes = 64 << 20

    /// The ceiling on the memory of all bodies being received or worked on at once; beyond it bodies are answered 503.
    ///
    /// It counts their bytes as sent, their inflated bytes and the memory of their spans. Default 0, which means a quarter of
    /// ``memoryLimit``, from 4 to 256 MiB. File key `otlp.max_inflight_bytes`.
    package var maxInflightBytes = 0

    /// The bytes of memory that the process may use; `nil` where nothing limits them.
    ///
    /// Not a setting: ``fit(into:)`` sets it to the system's limit.
    package var memoryLimit: Int?

    /// The ``maxInflatedBytes`` of the settings, if ``fit(into:)`` had to lower it; else `nil`.
    package private(set) var loweredInflatedBytes: Int?

    /// The ceiling that ``maxInflightBytes`` results in.
    package var inflightLimit: Int {
        guard maxInflightBytes == 0 else { return maxInflightBytes }
        return min(Self.mostInflight, max(Self.leastInflight, (memoryLimit ?? .max) / 4))
    }

    /// The largest and the smallest default ceiling, in bytes.
    static let mostInflight = 256 << 20
    private static let leastInflight = 4 << 20

    /// The most memory that one body may take: its bytes as sent, its inflated bytes or a copy, and a slice of its spans.
    var largestBody: Int { maxBodyBytes + max(maxBodyBytes, maxInflatedBytes) + Self.largestSlice }

    /// An upper bound on the memory of a slice's spans, calls and attributes, in bytes.
    private static let largestSlice = 24 << 20

    /// The time from opening a connection to the end of its first request's headers; then it is closed.
    ///
    /// Later requests on the connection are under ``idleTimeout``. Default 10 s. File key `http.header_timeout`.
    package var headerTimeout = Duration.seconds(10)

    /// The time from the end of a request's headers to the end of its body; then 408 and close.
    ///
    /// Default 30 s. File key `http.body_timeout`.
    package var bodyTimeout = Duration.seconds(30)

    /// The lowest rate at which a body may arrive, in bytes a second, over any five seconds of it.
    ///
    /// A slower one is answered 503 and its connection is closed. 0 sets no lowest rate; ``bodyTimeout`` still applies.
    /// Default 1 KiB. File key `http.min_body_rate`.
    package var minBodyRate = 1024

    /// The time a connection may go without a request; then it is closed.
    ///
    /// The time also runs while an answer waits for its peer to read it, and while a body arrives, however steadily: so it
    /// bounds bodies in addition to ``bodyTimeout``. Default 90 s, longer than common clients keep a connection. File key
    /// `http.idle_timeout`.
    package var idleTimeout = Duration.seconds(90)

    /// The time that a peer may take to read an answer, from the time the answer is made; then the connection is closed.
    ///
    /// Default 30 s. File key `http.write_timeout`.
    package var writeTimeout = Duration.seconds(30)

    /// The most connections open at once, of both listeners together.
    ///
    /// ``ConnectionPlan`` lowers it to what the limit on open files allows. At the limit of a listener a connection of the peer
    /// with the most connections is closed for a new one. Default 1024. File key `http.max_connections`.
    package var maxConnections = 1024

    /// The connections of the web listener, taken out of ``maxConnections``.
    ///
    /// Default 64, at most a quarter of ``maxConnections``. File key `web.reserved_connections`.
    package var webConnections = 64

    /// The most bytes of pages that answers of the web listener hold, in addition to the newest page.
    ///
    /// Simultaneous requests share a page. At the ceiling, connections that have not read the oldest page are closed.
    /// Default 64 MiB. File key `web.max_answer_bytes`.
    package var maxAnswerBytes = 64 << 20

    /// The number of threads that work on bodies which an event loop does not take itself; 0 means ``coreCount``.
    ///
    /// Default 0. File key `otlp.workers`.
    package var workers = 0

    /// The number of threads that ``workers`` comes to on this machine.
    package var workerCount: Int { workers > 0 ? workers : coreCount }

    /// The number of event loops of the OTLP listener, which take small bodies themselves: one per core, at most
    /// ``workerCount``.
    package var loopCount: Int { min(coreCount, workerCount) }

    /// The number of processor cores that this process may use at the same time.
    package var coreCount: Int { ProcessorCount.available }

    /// The time that requests in flight may take to finish once a listener shuts down; then they are cut off.
    ///
    /// Default 10 s. File key `shutdown.finish_requests`.
    package var finishRequests = Duration.seconds(10)

    /// The longest time from the signal to the end of the wait for scrapes of the final state; 0 means no wait.
    ///
    /// The wait gives each regular scraper its interval and 2 s. Default 25 s, which leaves room in the 30 s that Kubernetes
    /// gives a process to stop. File key `shutdown.final_scrape`.
    package var finalScrape = Duration.seconds(25)

    /// Lowers the bounds of one body to the ceiling of all bodies together, if a small memory limit makes that ceiling small.
    ///
    /// - Parameter memory: The bytes of memory that the process may use; `nil` where nothing limits them.
    package mutating func fit(into memory: Int?) {
        memoryLimit = memory
        guard maxInflightBytes == 0, maxInflatedBytes > inflightLimit else { return }
        loweredInflatedBytes = maxInflatedBytes
        maxInflatedBytes = inflightLimit
        maxBodyBytes = min(maxBodyBytes, maxInflatedBytes)
    }

    /// Makes the configuration with every default.
    package init() {}
}
