// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Closes connections whose first request's headers come too slowly, and ends bodies that do.
///
/// The states: a connection waits for its first headers; then, for each request, a body is read to its end or not yet
/// begun. Waiting between requests is the framework's idle time-out, which counts whole parts, not bytes, so that headers
/// sent a byte at a time end there too.
final class ConnectionTimeouts: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// What a body's reader gets once the body took too long.
    struct BodyTimedOut: Error {}

    private let header: TimeAmount
    private let body: TimeAmount
    private var deadline: Scheduled<Void>?
    private var isReadingBody = false

    /// - Parameters:
    ///   - header: From opening the connection to the end of its first headers.
    ///   - body: From the end of a request's headers to the end of its body.
    init(header: Duration, body: Duration) {
        self.header = TimeAmount(header)
        self.body = TimeAmount(body)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: header) {
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancelDeadline()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelDeadline()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            cancelDeadline()
            isReadingBody = true
        case .body:
            break
        case .end:
            cancelDeadline()
            isReadingBody = false
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Most bodies come whole with their headers and need no timer.
        if isReadingBody, deadline == nil {
            deadline = context.eventLoop.assumeIsolated().scheduleTask(in: body) {
                context.fireErrorCaught(BodyTimedOut())
            }
        }
        context.fireChannelReadComplete()
    }

    private func cancelDeadline() {
        deadline?.cancel()
        deadline = nil
    }
}
