// SPDX-License-Identifier: Apache-2.0
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The handlers between a connection's socket and the task that answers its requests, in this order: the check of the protocol,
/// the HTTP parser, the rules of framing, the receipt of bodies in place, time limits, the answers to small bodies.
struct ConnectionChannel: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let configuration: HTTPAPIConfiguration
    let connection: Connection
    let events: ConnectionEvents
    let protocols: ForeignProtocols
    let shortcut: Listener.Shortcut?
    let responder: HTTPChannelHandler.Responder

    /// With more unread parts of requests than the higher mark nothing is read: no budget counts their bytes.
    private static let unreadParts =
        NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark(lowWatermark: 2, highWatermark: 3)

    /// A connection that had to end before it was served.
    struct GaveWay: Error {}

    private static let mostHeaderBytes = 80 << 10
    private static let mostHeaders = 1000
    /// With more unread bytes than the higher mark further answers wait, so that a peer that sends and does not read costs
    /// little memory.
    private static let unwrittenBytes = ChannelOptions.Types.WriteBufferWaterMark(low: 4096, high: 16_384)

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            guard !connection.isToEnd else { throw GaveWay() }
            return try setup(channel)
        }
    }

    private func setup(_ channel: any Channel) throws -> Value {
        let pipeline = channel.pipeline.syncOperations
        if let options = channel.syncOptions {
            try options.setOption(.allowRemoteHalfClosure, value: true)
            try options.setOption(.writeBufferWaterMark, value: Self.unwrittenBytes)
        }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = Self.mostHeaderBytes
        limits.maxHeaderListSize = Self.mostHeaderBytes
        limits.maxHeaderFieldCount = Self.mostHeaders
        try pipeline.addHandler(ProtocolCheck(protocols))
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
        let bodies = BodyGathering()
        try pipeline.addHandlers([
            RequestFraming(events: events), SmallParts(),
            BodyRate(bytesPerSecond: configuration.minBodyRate), bodies,
            ConnectionTimeouts(header: configuration.headerTimeout, body: configuration.bodyTimeout),
            ConnectionUse(
                connection, events: events, idleTimeout: configuration.idleTimeout,
                writeTimeout: configuration.writeTimeout),
        ])
        if let shortcut { try pipeline.addHandler(shortcut(bodies)) }
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(backPressureStrategy: Self.unreadParts, isOutboundHalfClosureEnabled: true))
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}
