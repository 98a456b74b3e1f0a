// SPDX-License-Identifier: Apache-2.0
import Compression
import Exposition
import HTTPTypes
import HummingbirdCore
import Ingest
import NIOCore

/// What the web door says at each path.
struct WebPages: Sendable {
    let telemetryPath: String
    let version: String
    let render: @Sendable (ExpositionFormat) -> [UInt8]
    let counters: any DoorCounting
    let readiness: Readiness
    let actions: WebActions
    let enablesLifecycle: Bool
    let renderers: WorkerPool
    /// For pages that may take longer than a scrape should wait.
    let clerks: WorkerPool
    let scrapeBegan: @Sendable () -> Void

    /// Where the calls without a price are listed.
    static let unpricedPath = "/api/v1/unpriced"

    /// Answers one request; bodies are not looked at.
    ///
    /// - Throws: When the door closes before a scrape's turn comes.
    func answer(_ request: Request) async throws -> Answer {
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
        case telemetryPath: return try await metrics(request)
        case "/-/healthy": return .line("Healthy.")
        case "/-/ready": return ready()
        case Self.unpricedPath:
            let text = try await clerks.run { [actions] in (actions.unpriced?() ?? .none).json }
            return Answer(contentType: Answer.json, body: ByteBuffer(string: text + "\n"))
        default:
            let html = try await clerks.run { [actions, telemetryPath, version] in
                LandingPage.html(telemetryPath: telemetryPath, version: version, unpriced: actions.unpriced?())
            }
            return Answer(contentType: Answer.html, body: ByteBuffer(string: html))
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

    private func metrics(_ request: Request) async throws -> Answer {
        // Only a scrape that carries the samples away lets the final state go.
        if request.method == .get { scrapeBegan() }
        let format = ExpositionFormat.negotiate(accept: request.headers[.accept])
        let acceptsGzip = AcceptHeader.acceptsGzip(acceptEncoding: request.headers[.acceptEncoding])

        let (body, isGzip) = try await renderers.run { [render, counters] in
            let start = ContinuousClock.now
            let text = render(format)
            let gzip = acceptsGzip ? Gzip.compress(text) : nil
            let bytes = gzip ?? text
            counters.countScrape(nanoseconds: start.duration(to: .now).nanoseconds, bytes: bytes.count)
            return (ByteBuffer(bytes: bytes), gzip != nil)
        }
        var answer = Answer(contentType: format.contentType, body: body)
        answer.headers[.vary] = "Accept, Accept-Encoding"
        if isGzip { answer.headers[.contentEncoding] = "gzip" }
        return answer
    }
}

extension UnpricedList {
    /// What is told where nobody keeps a list.
    fileprivate static let none = UnpricedList(priceBook: "", limit: 0, entries: [])
}
