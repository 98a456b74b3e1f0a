// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTPTypes

/// Sets up the connection's ``BodyBuffer``, and keeps what is received there from those who wait for pieces of the body.
///
/// The HTTP parser sees every byte; it steps over bodies by their length.
final class BodyGathering: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let buffer = BodyBuffer()
    private var context: ChannelHandlerContext?
    /// The buffer for those who share the event loop; `nil` as long as no channel writes there.
    private(set) var shared: NIOLoopBound<BodyBuffer>?

    /// The number of readers of bodies that there have been; each request has one.
    private var readers = 0

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let shared = NIOLoopBound(buffer, eventLoop: context.eventLoop)
        // A channel without these options, or one that keeps more than one piece of memory for what it reads, works as
        // ever and copies.
        guard let options = context.channel.syncOptions,
            (try? options.setOption(.maxMessagesPerRead, value: 1)) != nil,
            (try? options.setOption(.recvAllocator, value: BodyReceives(buffer: shared))) != nil,
            (try? context.pipeline.syncOperations.addHandler(BufferFilling(buffer), position: .first)) != nil
        else { return }
        self.shared = shared
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Wakes the reader of the current body, so that it checks whether the body was refused.
    func wakeReader() {
        guard buffer.isInBody, let context else { return }
        buffer.refuse()
        _ = buffer.takeWake()
        context.fireChannelRead(wrapInboundOut(.body(ByteBuffer())))
        // What was read is handed on only then.
        context.fireChannelReadComplete()
    }

    /// Notes that the connection's next request has a reader now.
    ///
    /// - Returns: The request's number, from 1.
    func beginReader() -> Int {
        readers += 1
        return readers
    }

    /// Drops what is still to come of a request's body.
    ///
    /// - Parameter request: The request's number.
    func discard(_ request: Int) { buffer.discard(request) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: buffer.begin()
        case .body where buffer.isOpen: return
        case .body where buffer.isDiscarding:
            if buffer.takeWake() { context.fireChannelRead(wrapInboundOut(.body(ByteBuffer()))) }
            return
        case .body(let bytes): buffer.pass(bytes.readableBytes)
        case .end: buffer.end()
        }
        context.fireChannelRead(data)
    }
}

/// Stands before the HTTP parser and shows the buffer what the channel has written there.
private final class BufferFilling: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let buffer: BodyBuffer

    init(_ buffer: BodyBuffer) { self.buffer = buffer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        buffer.giveBack(unwrapInboundIn(data))
        context.fireChannelRead(data)
    }
}
