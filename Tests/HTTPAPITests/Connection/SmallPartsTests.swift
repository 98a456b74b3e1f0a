// SPDX-License-Identifier: Apache-2.0
import Ingest
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPAPI

@Suite struct SmallPartsTests {
    /// What is handed on of parts that come in one read.
    private static func handedOn(_ parts: [HTTPServerRequestPart]) throws -> [HTTPServerRequestPart] {
        let channel = EmbeddedChannel(handler: SmallParts())
        for part in parts { channel.pipeline.fireChannelRead(part) }
        channel.pipeline.fireChannelReadComplete()
        var out: [HTTPServerRequestPart] = []
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) { out.append(part) }
        _ = try channel.finish()
        return out
    }

    private static let head = HTTPServerRequestPart.head(
        HTTPRequestHead(version: .http1_1, method: .POST, uri: "/"))

    private static func body(_ text: String) -> HTTPServerRequestPart { .body(ByteBuffer(string: text)) }

    @Test func `the parts of one read become one, in their order`() throws {
        let parts = [Self.head] + "a small body".map { Self.body(String($0)) } + [.end(nil), Self.head, Self.body("b")]
        #expect(
            try Self.handedOn(parts) == [Self.head, Self.body("a small body"), .end(nil), Self.head, Self.body("b")])
    }

    @Test func `large parts are passed on unchanged, after the small ones before them`() throws {
        let large = Self.body(String(repeating: "x", count: 2_000))
        let parts = [Self.head, Self.body("a"), Self.body("b"), large, Self.body("c"), .end(nil)]
        #expect(try Self.handedOn(parts) == [Self.head, Self.body("ab"), large, Self.body("c"), .end(nil)])
    }

    @Test func `joined parts have a ceiling`() throws {
        let parts = Array(repeating: Self.body(String(repeating: "x", count: 1_000)), count: 100)
        let sizes = try Self.handedOn(parts).map { part in
            if case .body(let buffer) = part { buffer.readableBytes } else { 0 }
        }
        #expect(sizes.reduce(0, +) == 100_000)
        #expect(sizes.allSatisfy { $0 < 20_000 })
        #expect(sizes.count < 10)
    }

    @Test func `a body in chunks of one byte arrives whole`() async throws {
        let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 0x9E37_79B9 >> 13) }
        let ingest = StubIngest { seen, _, _ throws(IngestError) in
            guard seen == body else { throw .unreadable("other bytes") }
            return .accepted(bytes: seen.count)
        }
        try await TestListeners.open(ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(RawClient.head("Transfer-Encoding: chunked\r\n"))
            try await client.send(
                body.flatMap { Array("1\r\n".utf8) + [$0] + Array("\r\n".utf8) } + Array("0\r\n\r\n".utf8))
            #expect(try await client.reply().status == 200)
            await client.close()
        }
    }
}
