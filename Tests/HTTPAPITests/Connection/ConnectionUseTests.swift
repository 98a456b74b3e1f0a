// SPDX-License-Identifier: Apache-2.0
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPAPI

/// What a connection takes while it closes.
@Suite struct ConnectionUseTests {
    private static let head = HTTPServerRequestPart.head(
        HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/traces"))

    @Test(arguments: [false, true])
    func `a request that crosses the close of an idle connection is not taken`(hadRequest: Bool) throws {
        let channel = EmbeddedChannel()
        let connection = Connection(channel, peer: PeerAddress(text: "192.0.2.1"))
        let events = ConnectionEvents(
            of: .otlp, limit: 1, counters: RecordingCounters(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try channel.pipeline.syncOperations.addHandler(
            ConnectionUse(connection, events: events, idleTimeout: .seconds(60), writeTimeout: .seconds(60)))
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
        if hadRequest {
            try channel.writeInbound(Self.head)
            try channel.writeInbound(HTTPServerRequestPart.end(nil))
            #expect(try channel.readInbound(as: HTTPServerRequestPart.self) == Self.head)
            #expect(try channel.readInbound(as: HTTPServerRequestPart.self) == .end(nil))
            try channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        }
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        try channel.writeInbound(Self.head)
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        #expect(
            try channel.readInbound(as: HTTPServerRequestPart.self) == nil,
            "its sender gets no answer and sends it again")
        _ = try? channel.finish()
    }
}
