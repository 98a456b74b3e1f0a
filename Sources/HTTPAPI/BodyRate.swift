// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTPTypes

/// Ends bodies that come too slowly: fewer bytes than a rate allows within any stretch of ``stretch``.
///
/// It stands before all that takes parts of bodies away, and counts content, not framing.
final class BodyRate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    /// What a body's reader gets once the body was too slow.
    struct TooSlow: Error {}

    /// The time over which bytes are counted, so that a pause of a moment ends nothing.
    static let stretch = Duration.seconds(5)

    private let stretch: TimeAmount
    private let leastBytes: Int
    private var check: Scheduled<Void>?
    private var isReadingBody = false
    private var bytes = 0

    /// - Parameters:
    ///   - bytesPerSecond: The least rate; 0 lets every body take its time.
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
        // Most bodies come whole with their headers and need no timer.
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
