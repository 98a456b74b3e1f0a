// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPTypes
import HummingbirdCore
import Ingest
import Logging
import NIOCore
import OTLP

/// Metrics and logs: their bodies are read and dropped, so that one endpoint for all signals causes no errors in applications.
extension TraceIntake {
    /// Reads a body of metrics or logs within the limits of bodies, keeping only as much as a survey reads.
    ///
    /// - Parameters:
    ///   - request: A POST to a path of metrics or logs, in any encoding and compression.
    ///   - body: Its body.
    ///   - writer: Sends `100 Continue` to a sender that waits for it.
    /// - Returns: The names in the body.
    /// - Throws: A ``Refusal``, or what the reader of the body throws.
    @concurrent
    func dropBody(
        of request: Request, _ body: inout BodyReader, _ writer: borrowing ResponseWriter
    ) async throws -> SignalSurvey {
        guard configuration.otherSignals == .accept else { return SignalSurvey() }
        let limit = configuration.maxBodyBytes
        if let declared = body.declaredBytes, declared > limit { throw Refusal.tooLarge(limit: limit) }
        let form = try? AcceptedContent.form(of: request.headers)
        let mostKept = form?.coding == .identity ? SignalSurveyor.mostBytes : SignalSurveyor.mostCompressed

        let share = InFlightShare(of: budget, from: peers.hash(of: body.remoteAddress), giveWay: body.wake)
        defer { memory.bodyEnded(holding: share.release(), workers) }
        guard share.hasRoom(for: min(body.declaredBytes ?? 0, mostKept)) else {
            throw Refusal.inFlightFull(limit: budget.limit)
        }
        if request.expectsContinue {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            body.isAskedFor = true
        }
        var kept = ByteBuffer()
        while let piece = try await body.next() {
            guard body.receivedBytes <= limit else { throw Refusal.tooLarge(limit: limit) }
            let room = mostKept - kept.readableBytes
            guard form != nil, room > 0,
                var part = piece.getSlice(at: piece.readerIndex, length: min(room, piece.readableBytes))
            else { continue }
            guard share.grow(to: kept.readableBytes + part.readableBytes) else {
                throw Refusal.inFlightFull(limit: budget.limit)
            }
            kept.writeBuffer(&part)
        }
        // The beginning of a compressed body cannot be inflated without the rest.
        guard let form, form.coding == .identity || body.receivedBytes <= mostKept else { return SignalSurvey() }
        guard form.coding == .gzip else { return surveyor.survey(kept.readableBytesUInt8Span, form: form) }
        guard share.grow(to: kept.readableBytes + SignalSurveyor.mostInflated), share.beginWork() else {
            return SignalSurvey()
        }
        let bytes = kept
        return try await workers.run { [surveyor] in surveyor.survey(bytes.readableBytesUInt8Span, form: form) }
    }

    /// Recognises a body without spans at the path that names no signal.
    ///
    /// - Parameters:
    ///   - body: The body as sent.
    ///   - arrival: What its headers said.
    ///   - result: What became of it, read as spans.
    /// - Returns: The names in the body; `nil` for a body with spans, an empty one, and one that is damaged.
    func survey(
        _ body: ByteBuffer, _ arrival: BodyArrival, _ result: Result<IngestReceipt, IngestError>
    ) -> SignalSurvey? {
        guard arrival.signal == .unnamed else { return nil }
        switch result {
        case .success(let receipt):
            guard receipt.acceptedSpans == 0, body.readableBytes > 0 else { return nil }
            let survey = surveyor.survey(body.readableBytesUInt8Span, form: arrival.form)
            guard !survey.hasSpans else { return nil }
            // In JSON, the name of the outermost list says what the records are, unless the body is too large to look.
            let isOther =
                switch arrival.form.encoding {
                case .protobuf: survey.signal != nil || receipt.rejectedSpans > 0
                case .json:
                    survey.signal != nil
                        || arrival.form.coding == .gzip
                            && (body.readableBytes > SignalSurveyor.mostCompressed
                                || receipt.inflatedBytes > SignalSurveyor.mostInflated)
                }
            return isOther ? survey : nil
        // Attributes of a log record are where a span has others.
        case .failure(.unreadable):
            let survey = surveyor.survey(body.readableBytesUInt8Span, form: arrival.form)
            return survey.signal == nil ? nil : survey
        case .failure: return nil
        }
    }

    /// As for a body that is whole; one that was stripped during receipt shows no names.
    func survey(
        _ body: ReceivedBody, _ arrival: BodyArrival, _ result: Result<IngestReceipt, IngestError>
    ) -> SignalSurvey? {
        if case .whole(let bytes) = body { return survey(bytes, arrival, result) }
        guard arrival.signal == .unnamed, case .success(let receipt) = result, receipt.acceptedSpans == 0,
            receipt.rejectedSpans > 0
        else { return nil }
        return SignalSurvey()
    }

    /// Counts a body of metrics or logs that was dropped, and makes its answer.
    ///
    /// - Parameters:
    ///   - survey: The names in the body.
    ///   - named: The signal that the path names. It wins over what the survey recognised, unless it is unknown.
    ///   - encoding: The encoding of the request.
    ///   - receivedBytes: The bytes of the body.
    ///   - start: When the headers were there.
    ///   - origin: Where the request came from.
    /// - Returns: An empty success, or a refusal if the settings say so.
    func drop(
        _ survey: SignalSurvey, _ named: OtherSignal, in encoding: BodyEncoding, _ receivedBytes: Int,
        since start: ContinuousClock.Instant, from origin: RequestOrigin
    ) -> Answer {
        let signal = named == .unknown ? survey.signal ?? .unknown : named
        guard configuration.otherSignals == .accept else {
            return refuse(.otherSignal(signal), nil, in: encoding, receivedBytes, since: start, from: origin)
        }
        for service in counters.countOther(signal, survey, receivedBytes: receivedBytes) {
            logger.warning(
                "a service sends metrics or logs, which are accepted and not kept: nothing in them is counted",
                metadata: [
                    "door": "\(ListenerName.otlp.rawValue)", "signal": "\(signal.rawValue)", "service": "\(service)",
                    "peer": "\(origin.peer)", "scopes": "\(survey.scopes.joined(separator: ", "))",
                    "remedy":
                        "to stop them, set OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none in the application",
                ])
        }
        logBody(origin, receivedBytes, ["outcome": "not_kept", "signal": signal.rawValue])
        return accepted[encoding] ?? Self.accepted(in: encoding)
    }
}

extension OTLPPaths.Route {
    /// The signal that is not kept; unknown for a path that may bring spans.
    var otherSignal: OtherSignal {
        if case .other(let signal) = self { signal } else { .unknown }
    }
}
