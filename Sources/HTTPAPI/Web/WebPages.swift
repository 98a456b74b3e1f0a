// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Compression
import Exposition
import HTTPTypes
import HummingbirdCore
import NIOCore

/// The answers of the web listener, by path.
struct WebPages: Sendable {
    let telemetryPath: String
    let counters: any ListenerCounting
    let readiness: Readiness
    let actions: WebActions
    let enablesLifecycle: Bool
    /// The pages of metrics, rendered on one thread.
    let scrapes: SharedPages<Scrape>
    /// The other pages, rendered on another thread, since they may take longer than a scrape should wait.
    let views: SharedPages<View>
    let scrapeBegan: @Sendable (_ scraper: Scraper, _ connection: Int) -> Void

    /// The properties that distinguish pages of metrics.
    struct Scrape: Hashable, Sendable {
        let format: ExpositionFormat
        let isGzip: Bool
    }

    /// A page other than the metrics.
    enum View: Hashable, Sendable {
        case landing, unpriced
    }

    /// Where the calls without a price are listed.
    static let unpricedPath = "/api/v1/unpriced"

    /// Answers one request; bodies are not looked at.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - remote: The address that it comes from.
    /// - Returns: The answer.
    /// - Throws: When the listener closes before a scrape's turn comes.
    func answer(_ request: Request, from remote: SocketAddress?) async throws -> Answer {
        let path = request.uri.path
        if path == "/-/reload" { return await reload(request) }
        let isKnown = path == telemetryPath || ["/", "/-/healthy", "/-/ready", Self.unpricedPath].contains(path)
        guard isKnown else {
            return .line("Not found. Metrics are at \(telemetryPath).", status: .notFound)
        }
        guard request.method == .get || request.method == .head else {
            var answer = Answer.line("\(path) takes GET and HEAD.", status: .methodNotAllowed)
            answer.headers[.allow] = "GET, HEAD"
            return answer
        }
        switch path {
        case telemetryPath: return try await metrics(request, from: remote)
        case "/-/healthy": return .line("Healthy.")
        case "/-/ready": return ready()
        case Self.unpricedPath: return Answer(contentType: Answer.json, page: try await views.page(.unpriced))
        default: return Answer(contentType: Answer.html, page: try await views.page(.landing))
        }
    }

    private func reload(_ request: Request) async -> Answer {
        guard request.method == .post || request.method == .put else {
            var answer = Answer.line("/-/reload takes POST and PUT.", status: .methodNotAllowed)
            answer.headers[.allow] = "POST, PUT"
            return answer
        }
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

    private func ready() -> Answer {
        let state = readiness.state
        return state == .serving ? .line("Ready.") : .line("Not ready: \(state.rawValue).", status: .serviceUnavailable)
    }

    private func metrics(_ request: Request, from remote: SocketAddress?) async throws -> Answer {
        // Only a scrape that gets the samples counts as a scrape of the final state. `X-Forwarded-For` is not trusted.
        if request.method == .get {
            let scraper = Scraper(address: remote?.ipAddress ?? "", agent: request.headers[.userAgent] ?? "")
            scrapeBegan(scraper, remote?.port ?? 0)
        }
        let format = ExpositionFormat.negotiate(accept: request.headers[.accept])
        let acceptsGzip = AcceptHeader.acceptsGzip(acceptEncoding: request.headers[.acceptEncoding])
        let start = ContinuousClock.now
        let page = try await scrapes.page(Scrape(format: format, isGzip: acceptsGzip))
        counters.countScrape(nanoseconds: start.duration(to: .now).nanoseconds, bytes: page.body.readableBytes)
        var answer = Answer(contentType: format.contentType, page: page)
        answer.headers[.vary] = "Accept, Accept-Encoding"
        if page.isGzip { answer.headers[.contentEncoding] = "gzip" }
        return answer
    }
}

// MARK: Rendering

extension SharedPage {
    /// Renders the metrics.
    convenience init(_ scrape: WebPages.Scrape, render: (ExpositionFormat) -> [UInt8]) {
        let text = render(scrape.format)
        let gzip = scrape.isGzip ? Gzip.compress(text) : nil
        self.init(body: ByteBuffer(bytes: gzip ?? text), isGzip: gzip != nil)
    }

    /// Renders a page other than the metrics.
    convenience init(_ view: WebPages.View, telemetryPath: String, version: String, actions: WebActions) {
        let text =
            switch view {
            case .landing:
                LandingPage.html(
                    telemetryPath: telemetryPath, version: version, unpriced: actions.unpriced?(),
                    unread: actions.unread?())
            case .unpriced: (actions.unpriced?() ?? .none).json + "\n"
            }
        self.init(body: ByteBuffer(string: text), isGzip: false)
    }
}

extension UnpricedList {
    /// What is told where nobody keeps a list.
    fileprivate static let none = UnpricedList(priceBook: "", limit: 0, entries: [])
}
