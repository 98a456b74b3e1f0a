// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTPTypes

/// Sets up the connection's ``BodyRoom``, and keeps what is received there from those who wait for pieces of the body.
///
/// The HTTP parser sees every byte; it steps over bodies by their length.
final class BodyGathering: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let room = BodyRoom()
    private var context: ChannelHandlerContext?
    /// The room for those who share the event loop; `nil` as long as no channel writes there.
    private(set) var shared: NIOLoopBound<BodyRoom>?

    /// The number of readers of bodies that there have been; each request has one.
    private var readers = 0

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let shared = NIOLoopBound(room, eventLoop: context.eventLoop)
        // A channel without these options, or one that keeps more than one piece of memory for what it reads, works as
        // ever and copies.
        guard let options = context.channel.syncOptions,
            (try? options.setOption(.maxMessagesPerRead, value: 1)) != nil,
            (try? options.setOption(.recvAllocator, value: BodyReceives(room: shared))) != nil,
            (try? context.pipeline.syncOperations.addHandler(RoomFilling(room), position: .first)) != nil
        else { return }
        self.shared = shared
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Wakes the reader of the current body, so that it checks whether the body was refused.
    func wakeReader() {
        guard room.isInBody, let context else { return }
        room.refuse()
        _ = room.takeWake()
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
    func discard(_ request: Int) { room.discard(request) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: room.begin()
        case .body where room.isOpen: return
        case .body where room.isDiscarding:
            if room.takeWake() { context.fireChannelRead(wrapInboundOut(.body(ByteBuffer()))) }
            return
        case .body(let bytes): room.pass(bytes.readableBytes)
        case .end: room.end()
        }
        context.fireChannelRead(data)
    }
}

/// Stands before the HTTP parser and shows the room what the channel has written there.
private final class RoomFilling: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let room: BodyRoom

    init(_ room: BodyRoom) { self.room = room }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        room.giveBack(unwrapInboundIn(data))
        context.fireChannelRead(data)
    }
}
