// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import Compression
import Exposition
import HTTPTypes
import NIOCore
import Pages

/// The service's own pages as rows of the web listener's table.
struct WebPages: Sendable {
    let telemetryPath: String
    let version: String
    let counters: any ListenerCounting
    let readiness: Readiness
    let actions: WebActions
    let enablesLifecycle: Bool
    /// The pages of metrics, rendered on a thread of their own.
    let scrapes: SharedPages<Scrape>
    let watch: any ScrapeWatching

    /// The properties that distinguish pages of metrics.
    struct Scrape: Hashable, Sendable {
        let format: ExpositionFormat
        let isGzip: Bool
        /// Series that were born since are shown at zero.
        let seen: BirthHorizon?
    }

    /// The path of the list of calls without a price.
    static let unpricedPath = "/api/v1/unpriced"
    /// The path of the list of refused requests.
    static let refusedPath = "/api/v1/refused"

    /// The header that Prometheus, and programs that scrape as it does, send with each scrape; browsers and curl do not.
    private static let scrapeTimeout = "X-Prometheus-Scrape-Timeout-Seconds"

    /// Makes the table.
    ///
    /// - Parameter guests: The rows of other rooms.
    /// - Returns: All rows. At the path that `web.telemetry_path` names there are only the metrics.
    func routes(with guests: [Route]) -> [Route] {
        let others: [Route] = [
            .onEventLoop(.read, PageStyle.path) { _ in style },
            .onEventLoop(.read, "/-/healthy") { _ in .line("Healthy.") },
            .onEventLoop(.read, "/-/ready") { _ in ready() },
            .onEventLoop(.write, "/-/reload") { _ in await reload() },
            .page(Self.unpricedPath, contentType: Answer.json) { [actions] in
                Array(((actions.unpriced?() ?? .none).json + "\n").utf8)
            },
            .page(Self.refusedPath, contentType: Answer.json) { [actions] in
                Array((actions.refused.json + "\n").utf8)
            },
        ]
        return [.onEventLoop(.read, telemetryPath) { try await metrics($0) }]
            + (pageRoutes + others + guests).filter { $0.path != telemetryPath }
    }

    /// The sentence in the answer to a request for any other path.
    var notFound: String { "Not found. Metrics are at \(telemetryPath)." }

    private func reload() async -> Answer {
        guard enablesLifecycle, let reload = actions.reload else {
            return .line(
                "Reloading over HTTP is off; start the service with --web.enable-lifecycle, or send it SIGHUP.",
                status: .forbidden)
        }
        switch await reload() {
        case .reloaded(let sentence): return .line(sentence)
        case .refused(let sentence): return .line(sentence, status: .internalServerError)
        }
    }

    /// The landing page; the settings for senders in it name the host by which the reader reached the page.
    func landing(for request: WebRequest) -> Answer {
        var answer = Answer(html: landingPage(for: request).html)
        answer.headers[.vary] = "Host"
        return answer
    }

    func landingPage(for request: WebRequest) -> LandingPage {
        LandingPage(
            telemetryPath: telemetryPath, version: version,
            sending: SendingHelp(authority: request.authority, listener: readiness.otlpAddress),
            overview: actions.overview?(), unpriced: actions.unpriced?(), unread: actions.unread?(),
            refused: actions.refused.list, otherSignals: actions.otherSignals?() ?? [], reprice: actions.reprice,
            storesCalls: actions.pages != nil)
    }

    private var style: Answer {
        var answer = Answer(contentType: PageStyle.contentType, body: ByteBuffer(string: PageStyle.css))
        answer.headers[.xContentTypeOptions] = "nosniff"
        // A new version may have another one.
        answer.headers[.cacheControl] = "no-cache"
        return answer
    }

    private func ready() -> Answer {
        let state = readiness.state
        if state == .serving, !readiness.isStoring {
            return .line("Not ready: spans cannot be stored.", status: .serviceUnavailable)
        }
        return state == .serving ? .line("Ready.") : .line("Not ready: \(state.rawValue).", status: .serviceUnavailable)
    }

    private func metrics(_ request: WebRequest) async throws -> Answer {
        // HEAD gets no samples, so it is no scrape of the final state. `X-Forwarded-For` is not trusted.
        let scraper = Scraper(
            address: request.remote?.ipAddress ?? "", agent: request.headers[.userAgent] ?? "",
            isDeclared: request.header(Self.scrapeTimeout) != nil)
        let connection = request.remote?.port ?? 0
        let seen = request.method == .get ? watch.scrapeBegan(by: scraper, on: connection) : nil
        let format = ExpositionFormat.negotiate(accept: request.headers[.accept])
        let acceptsGzip = AcceptHeader.acceptsGzip(acceptEncoding: request.headers[.acceptEncoding])
        let start = ContinuousClock.now
        let page = try await scrapes.page(Scrape(format: format, isGzip: acceptsGzip, seen: seen))
        counters.countScrape(nanoseconds: start.duration(to: .now).nanoseconds, bytes: page.body.readableBytes)
        var answer = Answer(contentType: format.contentType, page: page)
        answer.headers[.vary] = "Accept, Accept-Encoding"
        if page.isGzip { answer.headers[.contentEncoding] = "gzip" }
        if request.method == .get, let births = page.births {
            if seen == nil { watch.showsWhole(births, to: scraper) }
            answer.whenWritten = { [watch, holdsBack = page.holdsBack] channel in
                guard watch.answered(births, holdsBack: holdsBack, to: scraper, on: connection) else { return }
                channel.closeFuture.whenComplete { _ in watch.connectionClosed(connection, of: scraper) }
            }
        }
        return answer
    }
}

// MARK: Rendering

extension SharedPage {
    /// Renders the metrics.
    convenience init(_ scrape: WebPages.Scrape, render: (ExpositionFormat, BirthHorizon?) -> RenderedPage) {
        let page = render(scrape.format, scrape.seen)
        let gzip = scrape.isGzip ? Gzip.compress(page.text) : nil
        self.init(
            body: ByteBuffer(bytes: gzip ?? page.text), isGzip: gzip != nil, births: page.births,
            holdsBack: page.holdsBack)
    }
}

extension UnpricedList {
    /// The list of a service that keeps none.
    fileprivate static let none = UnpricedList(priceBook: "", limit: 0, entries: [])
}
