// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPTypes
import NIOCore

/// The answers of a listener to peers that do not speak HTTP/1.
struct ForeignProtocols: Sendable {
    let events: ConnectionEvents
    let refusals: RefusalLog
    /// What is wrong with gRPC at this listener, and behind the semicolon what to do.
    let sentence: @Sendable () -> String

    func answer(to stream: UInt32) -> [UInt8] { GRPCAnswer(sentence()).answer(to: stream) }

    func note(_ kind: RefusalLog.Kind, from remote: SocketAddress?) {
        let origin = RequestOrigin(remote: remote, path: "")
        switch kind {
        case .tls:
            events.count(ConnectionMetrics.RequestRefusal.tls)
            refusals.note(
                kind, status: .badRequest, from: origin,
                ("the peer speaks TLS, and this address does not", "write http:// in the endpoint, not https://"))
        default:
            events.count(ConnectionMetrics.RequestRefusal.http2)
            refusals.note(kind, status: nil, from: origin, Refusal.parts(of: sentence()))
        }
    }
}

/// The first handler of a connection: recognises HTTP/2, with which gRPC begins, and TLS by the first bytes.
///
/// A peer that speaks HTTP/1 passes, and the handler leaves the connection. One that speaks HTTP/2 stays here: the handler
/// answers each of its calls with the sentence, until the time for the headers of a first request is over. The handler notes a
/// peer that speaks TLS, and the listener answers it as it answers any bytes that are not HTTP.
final class ProtocolCheck: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let protocols: ForeignProtocols
    /// Whether the peer speaks HTTP/2.
    private var isHTTP2 = false
    /// The bytes so far of a connection that may begin like HTTP/2.
    private var beginning: ByteBuffer?
    /// The bytes to drop before the next frame: the rest of the preface, or of a payload.
    private var bytesToDrop = 0
    /// The bytes of a frame's head that have arrived.
    private var head: [UInt8] = []
    /// The number of frames that were answered.
    private var answers = 0

    /// The largest number of frames that are answered on one connection: a peer that reads no answer cannot pile them up.
    private static let mostAnswers = 64

    init(_ protocols: ForeignProtocols) {
        self.protocols = protocols
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard !isHTTP2 else { return readFrames(&bytes, context) }
        // Only bytes that begin like the preface wait for the rest of it.
        if var whole = beginning.take() {
            whole.writeBuffer(&bytes)
            bytes = whole
        }
        switch GRPCAnswer.begins(bytes.readableBytesView) {
        case nil: beginning = bytes
        case true?:
            isHTTP2 = true
            bytesToDrop = GRPCAnswer.preface.count
            write(GRPCAnswer.settings, context)
            readFrames(&bytes, context)
        case false?:
            // A handshake record, of any version.
            if bytes.readableBytesView.starts(with: [0x16, 0x03]) {
                protocols.note(.tls, from: context.channel.remoteAddress)
            }
            context.fireChannelRead(wrapInboundOut(bytes))
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isHTTP2 { context.flush() }
        context.fireChannelReadComplete()
    }

    private func readFrames(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
        while bytes.readableBytes > 0 {
            let dropped = min(bytesToDrop, bytes.readableBytes)
            bytes.moveReaderIndex(forwardBy: dropped)
            bytesToDrop -= dropped
            guard bytesToDrop == 0, let byte = bytes.readInteger(as: UInt8.self) else { return }
            head.append(byte)
            guard head.count == GRPCAnswer.Frame.headBytes else { continue }
            bytesToDrop = head[..<3].reduce(0) { $0 << 8 | Int($1) }
            let (type, flags) = (head[3], head[4])
            let stream = head[5...].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
            head.removeAll(keepingCapacity: true)
            guard bytesToDrop <= GRPCAnswer.Frame.mostBytes, answers < Self.mostAnswers else {
                return context.close(promise: nil)
            }
            if type == GRPCAnswer.Frame.settings, flags & GRPCAnswer.Frame.acknowledgement == 0 {
                answers += 1
                write(GRPCAnswer.settingsAcknowledged, context)
            } else if type == GRPCAnswer.Frame.headers, stream != 0 {
                answers += 1
                protocols.note(.http2, from: context.channel.remoteAddress)
                write(protocols.answer(to: stream), context)
            }
        }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }
}
