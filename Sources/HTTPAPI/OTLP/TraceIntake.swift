// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPTypes
import HummingbirdCore
import Ingest
import NIOCore
import OTLP

/// `POST /v1/traces`: looks at the headers, reserves room, reads the body, has it worked on and says what became of it.
///
/// What can be refused is refused before the body is read.
struct TraceIntake: Sendable {
    let ingest: any BodyIngesting
    let counters: any ListenerCounting
    let configuration: HTTPAPIConfiguration
    let workers: WorkerPool
    let budget: InFlightBudget
    let wallNanoseconds: @Sendable () -> UInt64
    let peers = PeerHash()
    private let memory = MemoryReturn()

    private let accepted: [BodyEncoding: Answer]

    init(
        ingest: any BodyIngesting, counters: any ListenerCounting, configuration: HTTPAPIConfiguration,
        workers: WorkerPool,
        budget: InFlightBudget, wallNanoseconds: @escaping @Sendable () -> UInt64
    ) {
        self.ingest = ingest
        self.counters = counters
        self.configuration = configuration
        self.workers = workers
        self.budget = budget
        self.wallNanoseconds = wallNanoseconds
        accepted = [.protobuf: Self.accepted(in: .protobuf), .json: Self.accepted(in: .json)]
    }

    /// Takes one body.
    ///
    /// - Parameters:
    ///   - request: The request, already known to be for this path and method.
    ///   - body: Its body, read only when the headers are in order.
    ///   - writer: Tells a sender that waits for it to go on.
    /// - Returns: The answer.
    /// - Throws: When no sender is left to answer, or the framework is to answer a malformed request.
    @concurrent
    func answer(
        _ request: Request, _ body: inout BodyReader, _ writer: borrowing ResponseWriter
    ) async throws -> Answer {
        let start = ContinuousClock.now
        func count(_ outcome: ServiceMetrics.BodyOutcome, inflatedBytes: Int = 0) {
            counters.countBody(
                outcome, receivedBytes: body.receivedBytes, inflatedBytes: inflatedBytes,
                nanoseconds: start.duration(to: .now).nanoseconds)
        }

        do {
            let receipt = try await take(request, &body, writer)
            count(receipt.rejectedSpans > 0 ? .partial : .accepted, inflatedBytes: receipt.inflatedBytes)
            return answer(receipt, in: request.encoding)
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
        let nanoseconds = wallNanoseconds()
        let form = try AcceptedContent.form(of: request.headers)
        let arrival = BodyArrival(form: form, nanoseconds: nanoseconds, peer: peers.hash(of: body.remoteAddress))
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
        // A declared length reserves no room, but a body for which there is no room now need not be sent.
        guard share.hasRoom(for: body.declaredBytes ?? 0) else { throw Refusal.inFlightFull(limit: budget.limit) }
        if request.expectsContinue {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            body.isAskedFor = true
        }

        let received = try await body.collect(
            upTo: configuration.maxBodyBytes, share,
            stripper: { [ingest] bytes in ingest.stripper(for: form, bytes: bytes) })
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

    private func answer(_ receipt: IngestReceipt, in encoding: BodyEncoding) -> Answer {
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
    /// How the request says that its body is written; protobuf when it says nothing that is known.
    var encoding: BodyEncoding { AcceptedContent.encoding(of: headers[.contentType] ?? "") ?? .protobuf }
}

extension BodyEncoding {
    /// The body of a 200, written in the request's way.
    func success(rejectedSpans: Int64, message: String) -> [UInt8] {
        switch self {
        case .protobuf: TraceResponse.success(rejectedSpans: rejectedSpans, message: message)
        case .json: JSONTraceResponse.success(rejectedSpans: rejectedSpans, message: message)
        }
    }

    /// The body of every other answer, written in the request's way.
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
