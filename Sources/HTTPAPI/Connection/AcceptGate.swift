// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore

/// Stands first in a listener's pipeline: counts connections in, turns those away that find no room, and pauses accepting
/// while there are no file descriptors.
///
/// NIO itself goes on trying to accept for as long as the system has a connection and no descriptor for it, at the full
/// speed of one core.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private let connections: Connections
    private let events: ConnectionEvents
    /// Connections whose descriptor is not given back yet.
    private var open = 0
    /// Whether a read waits for descriptors to be given back.
    private var isFull = false

    /// How long accepting pauses after the system refused a descriptor or memory for one.
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
            // A channel that has closed in the meantime accepts nothing more.
            try? options.setOption(.autoRead, value: true)
        }
    }

    private var hasRoom: Bool { open < connections.limit + ConnectionPlan.margin }
}
