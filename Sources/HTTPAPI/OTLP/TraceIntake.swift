// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import HTTPTypes
import HummingbirdCore
import Ingest
import Logging
import NIOCore
import OTLP

/// `POST /v1/traces`: checks the headers, reserves memory, reads the body, hands it to a worker, waits until it is stored, and
/// makes the answer.
///
/// `OtherSignals/` has the other paths.
///
/// Everything that the headers show to be wrong is refused before the body is read.
struct TraceIntake: Sendable {
    let ingest: any BodyIngesting
    let counters: any ListenerCounting
    let configuration: HTTPAPIConfiguration
    let workers: WorkerPool
    let budget: InFlightBudget
    let logger: Logger
    let wallNanoseconds: @Sendable () -> UInt64
    let peers = PeerHash()
    let paths: OTLPPaths
    let events: ConnectionEvents
    let refusals: RefusalLog
    let surveyor = SignalSurveyor()
    let memory = MemoryReturn()
    private let spacing = LogSpacing<Refusal>()

    let accepted: [BodyEncoding: Answer]

    init(
        ingest: any BodyIngesting, counters: any ListenerCounting, configuration: HTTPAPIConfiguration,
        workers: WorkerPool, budget: InFlightBudget, events: ConnectionEvents, refused: RefusedRequests, logger: Logger,
        wallNanoseconds: @escaping @Sendable () -> UInt64
    ) {
        self.ingest = ingest
        self.counters = counters
        self.configuration = configuration
        self.workers = workers
        self.budget = budget
        self.events = events
        paths = OTLPPaths(configuration.tracePaths)
        refusals = RefusalLog(of: .otlp, in: refused, logger: logger, wallNanoseconds: wallNanoseconds)
        self.logger = logger
        self.wallNanoseconds = wallNanoseconds
        accepted = [.protobuf: Self.accepted(in: .protobuf), .json: Self.accepted(in: .json)]
    }

    /// Takes one body.
    ///
    /// - Parameters:
    ///   - request: A POST to one of the paths, or the request that stands for a body that was taken.
    ///   - route: What the path brings.
    ///   - body: Its body, which is read only if the headers are in order.
    ///   - writer: Sends `100 Continue` to a sender that waits for it.
    /// - Returns: The answer.
    /// - Throws: An error when no sender is left to answer, or when the framework has to answer a malformed request.
    @concurrent
    func answer(
        _ request: Request, _ route: OTLPPaths.Route, _ body: inout BodyReader, _ writer: borrowing ResponseWriter
    ) async throws -> Answer {
        let isWaiting = request.method.rawValue == SmallBodies.waitingMethod
        let waiting = isWaiting ? body.takeWaiting() : nil
        // The connection has ended, and `SmallBodies` has counted the body.
        if isWaiting, waiting == nil { throw BodyReader.Interrupted() }
        let start = waiting?.body.start ?? body.heldBack?.start ?? .now
        let origin = RequestOrigin(of: request, from: body.remoteAddress)
        let encoding = request.encoding
        var receivedBytes: Int { waiting?.body.receivedBytes ?? body.receivedBytes }
        func refuse(_ refusal: Refusal) -> Answer {
            self.refuse(
                refusal, route, in: AcceptedContent.encodingOfRefusal(for: request.headers), receivedBytes,
                since: start,
                from: origin)
        }

        do {
            if let waiting {
                return try await answer(waiting.receipt, in: encoding, receivedBytes, since: start, from: origin)
            }
            guard let signal = route.signalOfSpans else {
                let survey = try await dropBody(of: request, &body, writer)
                guard !survey.hasSpans else { return refuse(.spans(path: OTLPPaths.path(of: request.target))) }
                return drop(survey, route.otherSignal, in: encoding, receivedBytes, since: start, from: origin)
            }
            switch try await take(request, signal, &body, writer) {
            case .spans(let receipt):
                return try await answer(receipt, in: encoding, receivedBytes, since: start, from: origin)
            case .other(let survey):
                return drop(survey, .unknown, in: encoding, receivedBytes, since: start, from: origin)
            }
        } catch let refusal as Refusal {
            return refuse(refusal)
        } catch is ConnectionTimeouts.BodyTimedOut {
            return refuse(.timedOut(configuration.bodyTimeout))
        } catch is BodyRate.TooSlow {
            return refuse(.tooSlow(bytesPerSecond: configuration.minBodyRate))
        } catch {
            countInterrupted(route, receivedBytes, since: start, from: origin)
            throw error
        }
    }

    /// What a body brought.
    private enum Taken {
        case spans(IngestReceipt)
        case other(SignalSurvey)
    }

    @concurrent
    private func take(
        _ request: Request, _ signal: TelemetrySignal, _ body: inout BodyReader, _ writer: borrowing ResponseWriter
    ) async throws -> Taken {
        let nanoseconds = body.heldBack?.arrival.nanoseconds ?? wallNanoseconds()
        let form = try AcceptedContent.form(of: request.headers)
        let arrival = BodyArrival(
            signal: signal, form: form, nanoseconds: nanoseconds, peer: peers.hash(of: body.remoteAddress))
        if let declared = body.declaredBytes, declared > configuration.maxBodyBytes {
            throw Refusal.tooLarge(limit: configuration.maxBodyBytes)
        }

        let share = InFlightShare(of: budget, from: arrival.peer, giveWay: body.wake)
        var isFinished = false
        defer {
            let held = share.release()
            if isFinished {
                memory.bodyEnded(holding: held, workers)
            } else {
                memory.bodyUnfinished(bytes: body.receivedBytes, workers)
            }
        }
        // A declared size reserves no memory; a body for which there is none now need not be sent.
        guard share.hasRoom(for: body.declaredBytes ?? 0) else { throw Refusal.inFlightFull(limit: budget.limit) }
        // Nor one that would be refused. No worker says so, since all of them may pause within large bodies.
        if let refusal = ingest.refusal { throw Refusal(refusal, of: nil, as: form) }
        if request.expectsContinue {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            body.isAskedFor = true
        }

        let received = try await body.collect(
            upTo: configuration.maxBodyBytes, share,
            stripper: { [ingest] bytes in ingest.stripper(for: arrival, bytes: bytes) })
        if let refusal = ingest.refusal { throw Refusal(refusal, of: nil, as: form) }
        let taken = try await workers.run { [self] () -> Result<Taken, IngestError>? in
            guard share.beginWork() else { return nil }
            let result = Result { () throws(IngestError) in
                switch received {
                case .whole(let buffer):
                    try ingest.ingest(buffer.readableBytesUInt8Span, arrival: arrival) { bytes in
                        share.grow(to: buffer.readableBytes + bytes)
                    }
                case .stripped(let request):
                    try ingest.ingest(request, arrival: arrival) { bytes in
                        share.grow(to: request.bytes.count + bytes)
                    }
                }
            }
            if let survey = survey(received, arrival, result) { return .success(.other(survey)) }
            return result.map { .spans($0) }
        }
        guard let taken else { throw Refusal.inFlightFull(limit: budget.limit) }
        isFinished = true
        switch taken {
        case .success(let taken): return taken
        case .failure(let error): throw Refusal(error, of: received.whole, as: form)
        }
    }

    /// Waits until the spans of a body are stored, counts the body, and makes its answer.
    @concurrent
    private func answer(
        _ receipt: IngestReceipt, in encoding: BodyEncoding, _ receivedBytes: Int, since start: ContinuousClock.Instant,
        from origin: RequestOrigin
    ) async throws -> Answer {
        if let commit = receipt.commit, try await !isStored(commit) {
            count(.unsynced, receivedBytes, inflatedBytes: receipt.inflatedBytes, since: start, from: origin)
            refusals.note(.unsynced, from: origin)
            return Refusal.unsynced.answer(in: encoding)
        }
        count(receipt, receivedBytes, since: start, from: origin)
        return answer(receipt, in: encoding)
    }

    /// Waits until the spans of a body are stored; no worker waits, and the body's memory is free again.
    ///
    /// - Returns: Whether they are stored.
    /// - Throws: `CancellationError` when the connection ends first.
    @concurrent
    private func isStored(_ commit: any CommitTicket) async throws -> Bool {
        do {
            try await commit.committed()
            return true
        } catch {
            try Task.checkCancellation()
            if let number = spacing.note(.unsynced) {
                logger.error(
                    "spans could not be stored: their senders were asked to send them again",
                    metadata: ["times": "\(number)", "error": "\(error)"])
            }
            return false
        }
    }

    /// The answer to a body that was taken.
    func answer(_ receipt: IngestReceipt, in encoding: BodyEncoding) -> Answer {
        let isEmpty = receipt.inflatedBytes == 0 && receipt.acceptedSpans == 0
        if receipt.rejectedSpans == 0, receipt.message.isEmpty, !isEmpty, let accepted = accepted[encoding] {
            return accepted
        }
        return Self.accepted(
            in: encoding, rejectedSpans: Int64(receipt.rejectedSpans),
            message: isEmpty ? Self.emptyBody : receipt.message)
    }

    /// The message about a body without bytes, which is a request without spans in protobuf.
    private static let emptyBody =
        "the body is empty and brought no spans; send an ExportTraceServiceRequest with spans"

    static func accepted(
        in encoding: BodyEncoding, rejectedSpans: Int64 = 0, message: String = ""
    ) -> Answer {
        Answer(
            contentType: Answer.contentType(of: encoding),
            body: ByteBuffer(bytes: encoding.success(rejectedSpans: rejectedSpans, message: message)))
    }
}

extension BodyEncoding {
    /// The body of a 200, in the encoding of the request.
    func success(rejectedSpans: Int64, message: String) -> [UInt8] {
        switch self {
        case .protobuf: TraceResponse.success(rejectedSpans: rejectedSpans, message: message)
        case .json: JSONTraceResponse.success(rejectedSpans: rejectedSpans, message: message)
        }
    }

    /// The body of every other answer, in the encoding of the request.
    func status(code: Int32, message: String) -> [UInt8] {
        switch self {
        case .protobuf: TraceResponse.status(code: code, message: message)
        case .json: JSONTraceResponse.status(code: code, message: message)
        }
    }
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
