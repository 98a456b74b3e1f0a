// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Ends bodies that arrive too slowly: with fewer bytes within a ``stretch`` than the lowest rate requires.
///
/// It comes before all handlers that remove parts of bodies from the pipeline, and counts content, not framing.
final class BodyRate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// The error that a body's reader gets when the body was too slow.
    struct TooSlow: Error {}

    /// The time over which bytes are counted, so that a short pause does not end a body.
    static let stretch = Duration.seconds(5)

    private let stretch: TimeAmount
    private let leastBytes: Int
    private var check: Scheduled<Void>?
    private var isReadingBody = false
    private var bytes = 0

    /// - Parameters:
    ///   - bytesPerSecond: The lowest rate; 0 sets none.
    ///   - stretch: The time over which bytes are counted.
    init(bytesPerSecond: Int, stretch: Duration = BodyRate.stretch) {
        self.stretch = TimeAmount(stretch)
        let (bytes, overflow) = bytesPerSecond.multipliedReportingOverflow(by: Int(stretch.nanoseconds / 1_000_000))
        leastBytes = overflow ? .max : bytes / 1000
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReadingBody = true
        case .body(let part):
            bytes += part.readableBytes
        case .end:
            cancel()
            isReadingBody = false
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Most bodies arrive together with their headers and need no timer.
        if isReadingBody, check == nil, leastBytes > 0 { schedule(context) }
        context.fireChannelReadComplete()
    }

    private func schedule(_ context: ChannelHandlerContext) {
        bytes = 0
        check = context.eventLoop.assumeIsolated().scheduleTask(in: stretch) { [self] in
            guard isReadingBody else { return }
            if bytes >= leastBytes {
                schedule(context)
            } else {
                check = nil
                isReadingBody = false
                context.fireErrorCaught(TooSlow())
            }
        }
    }

    private func cancel() {
        check?.cancel()
        check = nil
    }
}
