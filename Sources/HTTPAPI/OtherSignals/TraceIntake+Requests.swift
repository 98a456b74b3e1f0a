// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPTypes
import HummingbirdCore

/// Finds the answer to any request to the OTLP listener.
extension TraceIntake {
    /// Answers a request that no event loop has answered.
    ///
    /// - Parameters:
    ///   - request: Any request.
    ///   - body: Its body, which is read only for a POST to a known path.
    ///   - writer: Sends `100 Continue` to a sender that waits for it.
    /// - Returns: The answer.
    /// - Throws: An error when no sender is left to answer, or when the framework has to answer a malformed request.
    @concurrent
    func respond(
        _ request: Request, _ body: inout BodyReader, _ writer: borrowing ResponseWriter
    ) async throws -> Answer {
        if request.method.rawValue == SmallBodies.waitingMethod {
            return try await answer(request, .traces, &body, writer)
        }
        let isReading = request.method == .get || request.method == .head
        let refusal: Refusal
        switch (paths.route(of: request.target), request.method) {
        case (let route?, .post): return try await answer(request, route, &body, writer)
        case (.unnamed, _) where isReading:
            return .line("This address receives OpenTelemetry spans: POST \(OTLPPaths.traces) (OTLP/HTTP).")
        case (_?, _): refusal = .method(request.method.rawValue, path: OTLPPaths.path(of: request.target))
        case (nil, _) where isReading && OTLPPaths.path(of: request.target) == configuration.telemetryPath:
            let refusal = Refusal.scrape(path: configuration.telemetryPath, webPort: configuration.webAddress.port)
            events.count(.wrongPort)
            refusals.note(refusal, from: RequestOrigin(of: request, from: body.remoteAddress))
            return .line(refusal.message + ".", status: refusal.status)
        case (nil, _) where isReading:
            // Browsers ask for icons, and scanners for anything: no line of the log for those.
            events.count(.path)
            return .line(
                "Not found. This address accepts POST \(OTLPPaths.traces) (OTLP/HTTP).", status: .notFound)
        case (nil, _): refusal = .path(OTLPPaths.path(of: request.target))
        }
        return refuse(
            refusal, nil, in: AcceptedContent.encodingOfRefusal(for: request.headers), 0, since: .now,
            from: RequestOrigin(of: request, from: body.remoteAddress))
    }
}
