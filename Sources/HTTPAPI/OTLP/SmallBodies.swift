// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Ingest
import NIOCore
import NIOHTTP1

/// Answers requests with small bodies on the event loop, without the connection's task and without a worker: for a few spans,
/// a change of threads costs more than the work.
///
/// It passes every other request on to the connection's task: one whose body arrives in more than one read, one whose headers
/// show something to refuse, one that has to wait, and each one that follows before such a request is answered. So answers keep
/// the order of their requests, and the rules for bodies that take memory, time or a worker are in one place.
final class SmallBodies: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request that this handler may answer, as far as it has arrived.
    private struct Arriving {
        let head: HTTPRequestHead
        var body: SmallBody
        var bytes: ByteBuffer?
    }

    private let intake: TraceIntake
    private let connections: Connections
    private let bodies: BodyGathering
    private let date: () -> String
    /// The number for the sender's address.
    private var peer: UInt64 = 0
    private var remote: SocketAddress?

    private var arriving: Arriving?
    /// The number of requests that were passed on and have no answer yet.
    private var passedOn = 0
    /// Whether an answer has announced that the connection closes.
    private var isClosing = false
    /// Whether an answer is written and not flushed.
    private var owesFlush = false
    /// The time from which on further requests of the same read are passed on, so that other connections get their turn.
    private var turnEnd: NIODeadline?
    /// The body that this handler took and whose answer has to wait, until the connection's task asks for it.
    private var waiting: (body: SmallBody, receipt: IngestReceipt)?

    /// The longest time that the requests of one read take on the event loop.
    private static let turn = TimeAmount.microseconds(500)

    /// The method of the request that stands in for one whose body this handler took and whose answer has to wait.
    ///
    /// No sender can write it: the HTTP parser refuses methods that it does not know.
    static let waitingMethod = "!waiting"

    /// - Parameters:
    ///   - intake: Takes the bodies.
    ///   - connections: Shows whether the listener is closing.
    ///   - bodies: Counts the connection's requests.
    ///   - date: Returns the value of the header `Date`.
    init(_ intake: TraceIntake, connections: Connections, bodies: BodyGathering, date: @escaping () -> String) {
        self.intake = intake
        self.connections = connections
        self.bodies = bodies
        self.date = date
    }

    func handlerAdded(context: ChannelHandlerContext) {
        remote = context.channel.remoteAddress
        peer = intake.peers.hash(of: remote)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // The connection's task was cancelled before it asked for the body.
        if let (body, _) = waiting.take() { intake.countBroken(body) }
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard let body = accept(head, context) else {
                passedOn += 1
                return context.fireChannelRead(data)
            }
            arriving = Arriving(head: head, body: body)
        case .body(let piece):
            guard arriving != nil else { return context.fireChannelRead(data) }
            if arriving?.bytes == nil { arriving?.bytes = piece } else { arriving?.bytes?.writeImmutableBuffer(piece) }
        case .end:
            guard arriving != nil else { return context.fireChannelRead(data) }
            if !take(context) { context.fireChannelRead(data) }
        }
    }

    private func accept(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> SmallBody? {
        guard passedOn == 0, !isClosing, context.channel.isWritable else { return nil }
        if let turnEnd {
            guard NIODeadline.now() < turnEnd else { return nil }
        } else {
            turnEnd = .now() + Self.turn
        }
        return intake.smallBody(of: head, from: peer, at: remote)
    }

    /// Takes the whole body of the current request and answers it, or passes the request on.
    ///
    /// - Returns: Whether it is answered here.
    private func take(_ context: ChannelHandlerContext) -> Bool {
        guard !connections.isClosing, var request = arriving,
            let outcome = intake.takeNow(&request.body, request.bytes ?? ByteBuffer())
        else {
            passOn(context)
            return false
        }
        arriving = nil
        switch outcome {
        case .answered(let answer):
            _ = bodies.beginReader()
            write(answer, context)
            return true
        case .waiting(let receipt):
            waiting = (request.body, receipt)
            var head = request.head
            head.method = .RAW(value: Self.waitingMethod)
            head.headers.remove(name: "Content-Length")
            passedOn += 1
            context.fireChannelRead(wrapInboundOut(.head(head)))
            return false
        }
    }

    /// Passes on what has arrived of the current request.
    private func passOn(_ context: ChannelHandlerContext) {
        guard let request = arriving.take() else { return }
        passedOn += 1
        bodies.heldBack = request.body
        context.fireChannelRead(wrapInboundOut(.head(request.head)))
        if let bytes = request.bytes { context.fireChannelRead(wrapInboundOut(.body(bytes))) }
    }

    /// Hands out the body whose answer has to wait, once.
    func takeWaiting() -> (body: SmallBody, receipt: IngestReceipt)? { waiting.take() }

    func channelReadComplete(context: ChannelHandlerContext) {
        turnEnd = nil
        // Many senders write the headers before the body; those alone take no memory that a budget counts.
        if let request = arriving, request.bytes != nil || !intake.hasRoom(for: request.body) { passOn(context) }
        if owesFlush {
            owesFlush = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is ConnectionTimeouts.BodyTimedOut, is BodyRate.TooSlow:
            passOn(context)
            // The pipeline passes the pieces on only after this event.
            context.fireChannelReadComplete()
        default:
            // The sender is gone, or its request is not HTTP.
            if var request = arriving.take() {
                request.body.receivedBytes = request.bytes?.readableBytes ?? 0
                intake.countBroken(request.body)
            }
        }
        context.fireErrorCaught(error)
    }

    // MARK: Answers

    private func write(_ answer: Answer, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders()
        headers.reserveCapacity(4)
        for field in answer.headers { headers.add(name: field.name.rawName, value: field.value) }
        headers.add(name: "Content-Length", value: String(answer.body.readableBytes))
        headers.add(name: "Date", value: date())
        let status = HTTPResponseStatus(statusCode: answer.status.code)
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if answer.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        }
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        owesFlush = true
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.status.code >= 200, head.headers.contains(name: "Connection") { isClosing = true }
        case .body: break
        case .end: passedOn -= 1
        }
        context.write(data, promise: promise)
    }
}
