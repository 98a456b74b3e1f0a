// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// Lets a connection read larger pieces: bodies of megabytes in pieces of 64 KiB, the default, cost a wake-up for each.
final class LargeReceives: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func handlerAdded(context: ChannelHandlerContext) {
        // A channel that does not know the option keeps its own size, which is only slower.
        context.channel.setOption(
            .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 16384, maximum: 524_288)
        ).whenFailure { _ in }
    }
}
