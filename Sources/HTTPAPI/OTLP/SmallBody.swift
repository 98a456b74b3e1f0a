// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Ingest
import NIOCore
import NIOHTTP1
import OTLP

/// A body that the event loop itself may take.
struct SmallBody {
    /// What became of a whole body.
    enum Outcome {
        case answered(Answer)
        /// The spans are billed; the answer waits until they are stored, and ``ServiceMetrics`` does not count the body yet.
        case waiting(IngestReceipt)
    }

    let arrival: BodyArrival
    let origin: RequestOrigin
    /// When the headers came.
    let start: ContinuousClock.Instant
    let declaredBytes: Int
    var receivedBytes = 0

    /// The largest such body as sent, in bytes.
    static let mostBytes = 16_384
    /// The largest inflated size, in bytes, that a gzip body may state: work of about a tenth of a millisecond.
    static let mostInflatedBytes = 65_536
    /// The most bytes that it may need for inflated bytes and spans.
    ///
    /// Ordinary bodies of the sizes above need a tenth of it. A worker reads a body that needs more from its start.
    static let mostWorkBytes = 1 << 20
}

extension TraceIntake {
    /// Reads from the headers of a request whether the event loop may take its body.
    ///
    /// - Parameters:
    ///   - head: The head of any request.
    ///   - peer: The number for the sender's address.
    ///   - remote: The sender's address.
    /// - Returns: The body, or `nil` for any request that is refused, waits for `100 Continue`, ends its connection, or has no
    ///   small body for a path of traces.
    func smallBody(of head: HTTPRequestHead, from peer: UInt64, at remote: SocketAddress?) -> SmallBody? {
        guard head.method == .POST, head.isKeepAlive, let signal = paths.route(of: head.uri)?.signalOfSpans else {
            return nil
        }
        var (type, coding, length) = (String?.none, String?.none, Int?.none)
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 6 where RequestFraming.isName(name, "expect"): return nil
            case 12 where RequestFraming.isName(name, "content-type"):
                guard type == nil else { return nil }
                type = value
            case 14 where RequestFraming.isName(name, "content-length"): length = Int(value)
            case 16 where RequestFraming.isName(name, "content-encoding"):
                guard coding == nil else { return nil }
                coding = value
            default: break
            }
        }
        guard let length, length <= min(SmallBody.mostBytes, configuration.maxBodyBytes),
            let form = try? AcceptedContent.form(type: type ?? "", coding: coding)
        else { return nil }
        return SmallBody(
            arrival: BodyArrival(signal: signal, form: form, nanoseconds: wallNanoseconds(), peer: peer),
            origin: RequestOrigin(remote: remote, path: head.uri, contentType: type), start: .now,
            declaredBytes: length)
    }

    /// Whether there is room for a body that is still to come.
    func hasRoom(for body: SmallBody) -> Bool {
        let share = InFlightShare(of: budget, from: body.arrival.peer)
        defer { share.release() }
        return share.hasRoom(for: body.declaredBytes)
    }

    /// Takes a whole body on this thread, counts the body and makes its answer.
    ///
    /// - Parameters:
    ///   - body: What its headers said.
    ///   - bytes: The body.
    /// - Returns: The outcome; `nil`, with nothing of the body counted, if it has to wait for memory or needs more than
    ///   ``SmallBody/mostWorkBytes``, or if a gzip body states more than ``SmallBody/mostInflatedBytes``.
    func takeNow(_ body: inout SmallBody, _ bytes: ByteBuffer) -> SmallBody.Outcome? {
        body.receivedBytes = bytes.readableBytes
        if body.arrival.form.coding == .gzip, Self.inflatedBytes(bytes) > SmallBody.mostInflatedBytes { return nil }
        let share = InFlightShare(of: budget, from: body.arrival.peer)
        defer { share.release() }
        guard share.grow(to: bytes.readableBytes), share.beginWork() else { return nil }
        var isTooMuch = false
        do {
            let taken = try ingest.ingestNow(bytes.readableBytesUInt8Span, arrival: body.arrival) { more in
                isTooMuch = more > SmallBody.mostWorkBytes
                return !isTooMuch && share.grow(to: bytes.readableBytes + more)
            }
            guard let receipt = taken else { return nil }
            if let survey = survey(bytes, body.arrival, .success(receipt)) { return .answered(drop(survey, of: body)) }
            guard receipt.commit == nil else { return .waiting(receipt) }
            count(receipt, body.receivedBytes, since: body.start, from: body.origin)
            return .answered(answer(receipt, in: body.arrival.form.encoding))
        } catch {
            guard !isTooMuch else { return nil }
            if let survey = survey(bytes, body.arrival, .failure(error)) { return .answered(drop(survey, of: body)) }
            let answer = refuse(
                Refusal(error, of: bytes, as: body.arrival.form), in: body.arrival.form.encoding, body.receivedBytes,
                since: body.start,
                from: body.origin)
            return .answered(answer)
        }
    }

    /// The size that the end of a gzip body states (RFC 1952, section 2.3.1, ISIZE); 0 for a body that is too short.
    private static func inflatedBytes(_ bytes: ByteBuffer) -> Int {
        Int(bytes.getInteger(at: bytes.writerIndex - 4, endianness: .little, as: UInt32.self) ?? 0)
    }

    /// Answers a body without spans, at the path that names no signal.
    private func drop(_ survey: SignalSurvey, of body: SmallBody) -> Answer {
        drop(
            survey, .unknown, in: body.arrival.form.encoding, body.receivedBytes, since: body.start, from: body.origin)
    }

    /// Counts a body whose sender went away before its answer.
    func countBroken(_ body: SmallBody) {
        count(.interrupted, body.receivedBytes, since: body.start, from: body.origin)
    }
}
