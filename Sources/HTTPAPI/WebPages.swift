// SPDX-License-Identifier: Apache-2.0
import Compression
import Exposition
import HTTPTypes
import HummingbirdCore
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
    let scrapeBegan: @Sendable () -> Void

    /// Answers one request; bodies are not looked at.
    ///
    /// - Throws: When the door closes before a scrape's turn comes.
    func answer(_ request: Request) async throws -> Answer {
        let path = request.uri.path
        if path == "/-/reload" { return await reload(request) }
        guard path == telemetryPath || ["/", "/-/healthy", "/-/ready"].contains(path) else {
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
        default:
            let html = LandingPage.html(telemetryPath: telemetryPath, version: version)
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
