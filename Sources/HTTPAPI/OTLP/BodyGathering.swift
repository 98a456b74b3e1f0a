// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Sets up the connection's ``BodyBuffer``, and stops the pieces of a body that is received there.
///
/// The HTTP parser still sees every byte; it skips bodies by their length.
final class BodyGathering: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let buffer = BodyBuffer()
    private var context: ChannelHandlerContext?
    /// The buffer for other code on the event loop; `nil` if the channel cannot write into it.
    private(set) var shared: NIOLoopBound<BodyBuffer>?

    /// The number of body readers so far; each request has one.
    private var readers = 0
    /// What the headers of the next request with a reader said, if ``SmallBodies`` has held that request back.
    var heldBack: SmallBody?

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let shared = NIOLoopBound(buffer, eventLoop: context.eventLoop)
        // A channel without these options, or one that keeps several pieces of memory to read into, copies bodies as usual.
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
        // The pipeline passes the piece on only after this event.
        context.fireChannelReadComplete()
    }

    /// Notes that the connection's next request has a reader.
    ///
    /// - Returns: The request's number, from 1.
    func beginReader() -> Int {
        readers += 1
        return readers
    }

    /// Drops the rest of a request's body.
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

/// The first handler, before the HTTP parser: returns the lent memory with the bytes that the channel wrote.
private final class BufferFilling: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let buffer: BodyBuffer

    init(_ buffer: BodyBuffer) { self.buffer = buffer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        buffer.giveBack(unwrapInboundIn(data))
        context.fireChannelRead(data)
    }
}
