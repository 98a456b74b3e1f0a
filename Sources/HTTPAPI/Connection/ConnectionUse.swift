// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Tracks the use of a connection, and closes it when it waits too long for a request or for its peer to read.
///
/// A connection is *idle* until the headers of a request have arrived, *reading* until its body has, *working* until its answer
/// is handed over, and has an *unread answer* until the system has taken the last byte of it. The idle timeout runs except
/// while the connection is working; the write timeout runs for each unread answer.
final class ConnectionUse: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let connection: Connection
    private let events: ConnectionEvents
    private let idleTimeout: TimeAmount
    private let writeTimeout: TimeAmount

    /// The number of requests whose answer is not completely handed over.
    private var unanswered = 0
    /// The number of answers that are handed over and not completely taken by the system.
    private var unwritten = 0
    private var isReading = false
    /// Whether the connection closes once its requests are answered.
    private var isQuiescing = false
    /// Whether no further answer can be sent: the service has closed its end, or will once the answers so far are written.
    private var isOutputClosing = false
    /// A close that waits until every answer is written.
    private var pendingClose: (mode: CloseMode, promise: EventLoopPromise<Void>?)?
    private var whenWritten: [EventLoopPromise<Bool>] = []
    /// Whether the connection closed before the system had taken some answer.
    private var hasLostAnswers = false
    private var lastActive = NIODeadline.now()
    /// When the newest answer was handed over.
    private var lastAnswer = NIODeadline.now()
    private var idleTimer: Scheduled<Void>?
    private var writeTimer: Scheduled<Void>?

    /// The time that the peer has to close its end after this service has closed its own.
    private static let lingerTime = TimeAmount.seconds(1)

    init(_ connection: Connection, events: ConnectionEvents, idleTimeout: Duration, writeTimeout: Duration) {
        self.connection = connection
        self.events = events
        self.idleTimeout = TimeAmount(idleTimeout)
        self.writeTimeout = TimeAmount(writeTimeout)
    }

    /// Waits until the system has taken every answer so far, or the connection is closed.
    ///
    /// - Returns: Whether the system has taken every answer.
    func written() -> EventLoopFuture<Bool> {
        let promise = connection.channel.eventLoop.makePromise(of: Bool.self)
        if unwritten == 0 { promise.succeed(!hasLostAnswers) } else { whenWritten.append(promise) }
        return promise.futureResult
    }

    // MARK: Life

    func channelActive(context: ChannelHandlerContext) {
        // This handler has missed the events from before it was added.
        if connection.isToEnd || connection.isToQuiesce { return context.close(promise: nil) }
        scheduleIdleTimer(context, at: .now() + idleTimeout)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        idleTimer?.cancel()
        writeTimer?.cancel()
        if unwritten > 0 { hasLostAnswers = true }
        wasWritten()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is Connection.GivesWay:
            return context.close(promise: nil)
        case is ChannelShouldQuiesceEvent:
            isQuiescing = true
            if unanswered == 0 { closeOutput(context) }
            return
        case ChannelEvent.outputClosed:
            // The connection closes even if the peer keeps its end open.
            context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingerTime) { context.close(promise: nil) }
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // A connection may give way before it is registered with its event loop; one end alone cannot be closed then.
        if mode == .input, !context.channel.isActive { return context.close(mode: .all, promise: promise) }
        // Closing now would cut off an answer that is half written.
        guard unwritten > 0, pendingClose == nil, mode != .input else {
            return context.close(mode: mode, promise: promise)
        }
        pendingClose = (mode, promise)
    }

    private func closeOutput(_ context: ChannelHandlerContext) {
        isOutputClosing = true
        guard pendingClose == nil else { return }
        if unwritten > 0 { pendingClose = (.output, nil) } else { context.close(mode: .output, promise: nil) }
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A request that crosses the close gets no answer, so its sender sends it again, and it must not be counted here.
        guard !isOutputClosing else { return }
        lastActive = .now()
        switch unwrapInboundIn(data) {
        case .head:
            unanswered += 1
            isReading = true
            note()
        case .body: break
        case .end:
            isReading = false
            note()
        }
        context.fireChannelRead(data)
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        unanswered -= 1
        unwritten += 1
        lastAnswer = .now()
        let promise = promise ?? context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            if case .failure = result { self.hasLostAnswers = true }
            self.answerWasWritten(context)
        }
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        guard unwritten > 0, writeTimer == nil, context.channel.isActive else { return }
        note()
        scheduleWriteTimer(context)
    }

    private func answerWasWritten(_ context: ChannelHandlerContext) {
        unwritten -= 1
        lastActive = .now()
        writeTimer?.cancel()
        writeTimer = nil
        if unwritten > 0 {
            scheduleWriteTimer(context)
        } else {
            wasWritten()
            if let close = pendingClose.take() {
                context.close(mode: close.mode, promise: close.promise)
            } else if isQuiescing, unanswered == 0 {
                closeOutput(context)
            }
        }
        note()
    }

    private func wasWritten() {
        let waiting = whenWritten
        whenWritten = []
        for promise in waiting { promise.succeed(!hasLostAnswers) }
    }

    private func note() {
        let use: Connection.Use =
            if unwritten > 0 { .unreadAnswer } else if isReading { .reading } else if unanswered > 0 { .working } else {
                .idle
            }
        connection.note(use, at: use == .unreadAnswer ? lastAnswer : lastActive)
    }

    // MARK: Timers

    private func scheduleWriteTimer(_ context: ChannelHandlerContext) {
        writeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: writeTimeout) {
            self.events.count(.unread)
            context.close(promise: nil)
        }
    }

    private func scheduleIdleTimer(_ context: ChannelHandlerContext, at deadline: NIODeadline) {
        idleTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            let isWorking = self.unanswered > 0 && !self.isReading && self.unwritten == 0
            let deadline = (isWorking ? .now() : self.lastActive) + self.idleTimeout
            if deadline <= .now() { context.close(promise: nil) } else { self.scheduleIdleTimer(context, at: deadline) }
        }
    }
}
