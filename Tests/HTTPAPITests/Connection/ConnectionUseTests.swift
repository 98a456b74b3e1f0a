// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import HTTPAPI

/// What a connection takes while it closes.
@Suite struct ConnectionUseTests {
    private static let head = HTTPRequestPart.head(
        HTTPRequest(method: .post, scheme: "http", authority: "test", path: "/v1/traces"))

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
            try channel.writeInbound(HTTPRequestPart.end(nil))
            #expect(try channel.readInbound(as: HTTPRequestPart.self) == Self.head)
            #expect(try channel.readInbound(as: HTTPRequestPart.self) == .end(nil))
            try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
            try channel.writeOutbound(HTTPResponsePart.end(nil))
        }
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        try channel.writeInbound(Self.head)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        #expect(
            try channel.readInbound(as: HTTPRequestPart.self) == nil, "its sender gets no answer and sends it again")
        _ = try? channel.finish()
    }
}
