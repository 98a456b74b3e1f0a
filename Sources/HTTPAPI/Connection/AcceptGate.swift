// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore

/// The first handler of a listener's pipeline: admits or refuses new connections, and pauses accepting when the system has no
/// file descriptors.
///
/// Without the pause NIO would keep one core busy trying to accept a connection for which there is no descriptor.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private let connections: Connections
    private let events: ConnectionEvents
    /// The number of connections whose descriptor is not closed yet.
    private var open = 0
    /// Whether accepting waits for descriptors to be closed.
    private var isFull = false

    /// The pause in accepting after the system refused a descriptor or memory for one.
    private static let pause = TimeAmount.milliseconds(100)

    init(_ connections: Connections, events: ConnectionEvents) {
        self.connections = connections
        self.events = events
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = unwrapInboundIn(data)
        open += 1
        let gate = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        channel.closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            let (gate, context) = gate.value
            gate.open -= 1
            if gate.isFull, gate.hasRoom {
                gate.isFull = false
                context.read()
            }
        }
        switch connections.admit(Connection(channel, peer: PeerAddress(channel.remoteAddress))) {
        case .taken(let use):
            events.opened()
            if let use { events.count(.gaveWay(use)) }
            context.fireChannelRead(data)
        case .refused:
            events.count(.refused)
            channel.close(promise: nil)
        }
    }

    func read(context: ChannelHandlerContext) {
        guard hasRoom else {
            isFull = true
            return
        }
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let errors = [EMFILE, ENFILE, ENOBUFS, ENOMEM]
        guard let error = error as? IOError, errors.contains(error.errnoCode), let options = context.channel.syncOptions
        else { return context.fireErrorCaught(error) }
        events.count(.noDescriptor)
        do {
            try options.setOption(.autoRead, value: false)
        } catch { return context.fireErrorCaught(error) }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            // The listener may have closed in the meantime.
            try? options.setOption(.autoRead, value: true)
        }
    }

    private var hasRoom: Bool { open < connections.limit + ConnectionPlan.margin }
}
