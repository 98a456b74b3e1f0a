// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Joins small parts of a body that arrived in one read.
///
/// A sender may write each byte as a chunk of its own. One read then has a hundred thousand parts, and queueing each of them
/// would cost far more memory and time than the byte in it.
final class SmallParts: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var gathered: ByteBuffer?

    /// Parts of fewer bytes than this are copied.
    private static let smallBytes = 1024
    /// The joined parts are passed on once they have this many bytes.
    private static let mostBytes = 16_384

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .body(var part) = unwrapInboundIn(data), part.readableBytes < Self.smallBytes else {
            handOn(context)
            context.fireChannelRead(data)
            return
        }
        guard gathered != nil else {
            gathered = part
            return
        }
        gathered?.writeBuffer(&part)
        if (gathered?.readableBytes ?? 0) >= Self.mostBytes { handOn(context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        handOn(context)
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        handOn(context)
        context.fireErrorCaught(error)
    }

    private func handOn(_ context: ChannelHandlerContext) {
        guard let part = gathered.take() else { return }
        context.fireChannelRead(wrapInboundOut(.body(part)))
    }
}
