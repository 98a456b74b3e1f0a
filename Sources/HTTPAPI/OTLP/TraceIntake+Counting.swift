// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPTypes
import HummingbirdCore
import Ingest
import Logging
import NIOCore

/// The counters and the log lines of bodies.
extension TraceIntake {
    /// Counts a body that was taken.
    func count(
        _ receipt: IngestReceipt, _ receivedBytes: Int, since start: ContinuousClock.Instant,
        from origin: RequestOrigin
    ) {
        count(
            receipt.rejectedSpans > 0 ? .partial : .accepted, receivedBytes, inflatedBytes: receipt.inflatedBytes,
            spans: receipt.acceptedSpans, since: start, from: origin)
        if receipt.rejectedSpans > 0 { refusals.noteSpans(receipt.message, from: origin) }
    }

    /// Counts a body, and logs it at the level debug.
    func count(
        _ outcome: ServiceMetrics.BodyOutcome, _ receivedBytes: Int, inflatedBytes: Int = 0, spans: Int = 0,
        since start: ContinuousClock.Instant, from origin: RequestOrigin
    ) {
        let nanoseconds = start.duration(to: .now).nanoseconds
        counters.countBody(
            outcome, receivedBytes: receivedBytes, inflatedBytes: inflatedBytes, nanoseconds: nanoseconds)
        logBody(
            origin, receivedBytes,
            [
                "outcome": "\(outcome.rawValue)", "inflated_bytes": "\(inflatedBytes)", "spans": "\(spans)",
                "microseconds": "\(nanoseconds / 1000)",
            ])
    }

    /// Logs one body at the level debug.
    func logBody(_ origin: RequestOrigin, _ receivedBytes: Int, _ more: @autoclosure () -> [String: String]) {
        logger.debug(
            "body",
            metadata: more().merging([
                "door": ListenerName.otlp.rawValue, "peer": origin.peer,
                "path": String(Refusal.excerpt(origin.path)),
                "content_type": String(Refusal.excerpt(origin.contentType ?? "")), "bytes": "\(receivedBytes)",
            ]) { first, _ in first }.mapValues { .string($0) })
    }

    /// Counts and logs a refusal, and makes its answer.
    ///
    /// - Parameters:
    ///   - refusal: The reason.
    ///   - route: What the path brings; metrics and logs are not counted among the bodies with spans.
    ///   - encoding: The encoding that the sender reads; `nil` for text.
    ///   - receivedBytes: The bytes received of the body.
    ///   - start: When the headers were there.
    ///   - origin: Where the request came from.
    /// - Returns: The answer.
    func refuse(
        _ refusal: Refusal, _ route: OTLPPaths.Route? = .traces, in encoding: BodyEncoding?, _ receivedBytes: Int,
        since start: ContinuousClock.Instant, from origin: RequestOrigin
    ) -> Answer {
        if let reason = refusal.requestRefusal {
            events.count(reason)
        } else if route?.signalOfSpans == nil {
            events.count(.body)
        } else if let outcome = refusal.outcome {
            count(outcome, receivedBytes, since: start, from: origin)
        }
        refusals.note(refusal, from: origin)
        return refusal.answer(in: encoding)
    }

    /// Counts a body whose sender went away before its end.
    func countInterrupted(
        _ route: OTLPPaths.Route, _ receivedBytes: Int, since start: ContinuousClock.Instant, from origin: RequestOrigin
    ) {
        guard route.signalOfSpans != nil else { return events.count(.body) }
        count(.interrupted, receivedBytes, since: start, from: origin)
    }
}

extension Request {
    /// The encoding that the request names; protobuf for a request that names none or an unknown one.
    var encoding: BodyEncoding { AcceptedContent.encoding(of: headers[.contentType] ?? "") ?? .protobuf }

    /// The path and query, or the whole address, as sent.
    var target: String { head.path ?? "/" }
}

extension RequestOrigin {
    init(of request: Request, from remote: SocketAddress?) {
        self.init(remote: remote, path: request.target, contentType: request.headers[.contentType])
    }
}
