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
/// Everything that the headers show to be wrong is refused before the body is read.
struct TraceIntake: Sendable {
    static let path = "/v1/traces"

    let ingest: any BodyIngesting
    let counters: any ListenerCounting
    let configuration: HTTPAPIConfiguration
    let workers: WorkerPool
    let budget: InFlightBudget
    let logger: Logger
    let wallNanoseconds: @Sendable () -> UInt64
    let peers = PeerHash()
    private let memory = MemoryReturn()
    private let spacing = LogSpacing<Refusal>()

    private let accepted: [BodyEncoding: Answer]

    init(
        ingest: any BodyIngesting, counters: any ListenerCounting, configuration: HTTPAPIConfiguration,
        workers: WorkerPool,
        budget: InFlightBudget, logger: Logger, wallNanoseconds: @escaping @Sendable () -> UInt64
    ) {
        self.ingest = ingest
        self.counters = counters
        self.configuration = configuration
        self.workers = workers
        self.budget = budget
        self.logger = logger
        self.wallNanoseconds = wallNanoseconds
        accepted = [.protobuf: Self.accepted(in: .protobuf), .json: Self.accepted(in: .json)]
    }

    /// Takes one body.
    ///
    /// - Parameters:
    ///   - request: A request for this path and method.
    ///   - body: Its body, which is read only if the headers are in order.
    ///   - writer: Sends `100 Continue` to a sender that waits for it.
    /// - Returns: The answer.
    /// - Throws: An error when no sender is left to answer, or when the framework has to answer a malformed request.
    @concurrent
    func answer(
        _ request: Request, _ body: inout BodyReader, _ writer: borrowing ResponseWriter
    ) async throws -> Answer {
        let isWaiting = request.method.rawValue == SmallBodies.waitingMethod
        let waiting = isWaiting ? body.takeWaiting() : nil
        // The connection has ended, and `SmallBodies` has counted the body.
        if isWaiting, waiting == nil { throw BodyReader.Interrupted() }
        let start = waiting?.body.start ?? body.heldBack?.start ?? .now
        var receivedBytes: Int { waiting?.body.receivedBytes ?? body.receivedBytes }
        func count(_ outcome: ServiceMetrics.BodyOutcome) { self.count(outcome, receivedBytes, since: start) }

        do {
            if let waiting {
                return try await answer(waiting.receipt, in: request.encoding, receivedBytes, since: start)
            }
            let receipt = try await take(request, &body, writer)
            return try await answer(receipt, in: request.encoding, receivedBytes, since: start)
        } catch let refusal as Refusal {
            if let outcome = refusal.outcome { count(outcome) }
            return refusal.answer(in: request.encoding)
        } catch is ConnectionTimeouts.BodyTimedOut {
            count(.timedOut)
            return Refusal.timedOut(configuration.bodyTimeout).answer(in: request.encoding)
        } catch is BodyRate.TooSlow {
            count(.timedOut)
            return Refusal.tooSlow(bytesPerSecond: configuration.minBodyRate).answer(in: request.encoding)
        } catch {
            count(.interrupted)
            throw error
        }
    }

    @concurrent
    private func take(
        _ request: Request, _ body: inout BodyReader, _ writer: borrowing ResponseWriter
    ) async throws -> IngestReceipt {
        let nanoseconds = body.heldBack?.arrival.nanoseconds ?? wallNanoseconds()
        let form = try AcceptedContent.form(of: request.headers)
        let arrival = BodyArrival(
            signal: .traces, form: form, nanoseconds: nanoseconds, peer: peers.hash(of: body.remoteAddress))
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
        if request.expectsContinue {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            body.isAskedFor = true
        }

        let received = try await body.collect(
            upTo: configuration.maxBodyBytes, share,
            stripper: { [ingest] bytes in ingest.stripper(for: arrival, bytes: bytes) })
        let result = try await workers.run { [ingest] () -> Result<IngestReceipt, IngestError>? in
            guard share.beginWork() else { return nil }
            return Result { () throws(IngestError) in
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
        }
        guard let result else { throw Refusal.inFlightFull(limit: budget.limit) }
        isFinished = true
        switch result {
        case .success(let receipt): return receipt
        case .failure(let error): throw Refusal(error)
        }
    }

    /// Waits until the spans of a body are stored, counts the body, and makes its answer.
    @concurrent
    private func answer(
        _ receipt: IngestReceipt, in encoding: BodyEncoding, _ receivedBytes: Int, since start: ContinuousClock.Instant
    ) async throws -> Answer {
        if let commit = receipt.commit, try await !isStored(commit) {
            count(.unsynced, receivedBytes, inflatedBytes: receipt.inflatedBytes, since: start)
            return Refusal.unsynced.answer(in: encoding)
        }
        count(receipt, receivedBytes, since: start)
        return answer(receipt, in: encoding)
    }

    func count(_ receipt: IngestReceipt, _ receivedBytes: Int, since start: ContinuousClock.Instant) {
        count(
            receipt.rejectedSpans > 0 ? .partial : .accepted, receivedBytes, inflatedBytes: receipt.inflatedBytes,
            since: start)
    }

    func count(
        _ outcome: ServiceMetrics.BodyOutcome, _ receivedBytes: Int, inflatedBytes: Int = 0,
        since start: ContinuousClock.Instant
    ) {
        counters.countBody(
            outcome, receivedBytes: receivedBytes, inflatedBytes: inflatedBytes,
            nanoseconds: start.duration(to: .now).nanoseconds)
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
        if receipt.rejectedSpans == 0, receipt.message.isEmpty, let accepted = accepted[encoding] { return accepted }
        return Self.accepted(in: encoding, rejectedSpans: Int64(receipt.rejectedSpans), message: receipt.message)
    }

    private static func accepted(
        in encoding: BodyEncoding, rejectedSpans: Int64 = 0, message: String = ""
    ) -> Answer {
        Answer(
            contentType: Answer.contentType(of: encoding),
            body: ByteBuffer(bytes: encoding.success(rejectedSpans: rejectedSpans, message: message)))
    }
}

extension Request {
    /// The encoding that the request names; protobuf for a request that names none or an unknown one.
    var encoding: BodyEncoding { AcceptedContent.encoding(of: headers[.contentType] ?? "") ?? .protobuf }
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
