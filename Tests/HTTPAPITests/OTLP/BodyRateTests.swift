// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPAPI

/// How long a body may take to come, at a clock that tests move.
@Suite struct BodyRateTests {
    /// A connection that wants 10 bytes a second, over 5 seconds.
    private struct Connection {
        let channel: EmbeddedChannel

        init(bytesPerSecond: Int = 10) throws {
            channel = EmbeddedChannel(handler: BodyRate(bytesPerSecond: bytesPerSecond, stretch: .seconds(5)))
        }

        func begin() throws {
            try receive(.head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/traces")))
        }

        func receive(_ parts: HTTPServerRequestPart...) throws {
            for part in parts { channel.pipeline.fireChannelRead(part) }
            channel.pipeline.fireChannelReadComplete()
            try channel.throwIfErrorCaught()
        }

        func receive(bytes: Int) throws { try receive(.body(ByteBuffer(repeating: 0, count: bytes))) }

        func pass(seconds: Int64) throws {
            channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
            try channel.throwIfErrorCaught()
        }
    }

    @Test func `a body of which no bytes arrive is ended`() throws {
        let connection = try Connection()
        try connection.begin()
        try connection.pass(seconds: 4)
        #expect(throws: BodyRate.TooSlow.self) { try connection.pass(seconds: 1) }
        // Once.
        try connection.pass(seconds: 60)
    }

    @Test func `a body that arrives at the lowest rate is not ended`() throws {
        let connection = try Connection()
        try connection.begin()
        for _ in 0..<40 {
            try connection.receive(bytes: 10)
            try connection.pass(seconds: 1)
        }
        try connection.receive(.end(nil))
        try connection.pass(seconds: 600)
    }

    @Test func `a body that stops arriving is ended, however much arrived before`() throws {
        let connection = try Connection()
        try connection.begin()
        try connection.receive(bytes: 1_000_000)
        try connection.pass(seconds: 5)
        try connection.receive(bytes: 49)
        #expect(throws: BodyRate.TooSlow.self) { try connection.pass(seconds: 5) }
    }

    @Test func `the time between requests does not matter, and each body has its own`() throws {
        let connection = try Connection()
        for _ in 0..<3 {
            try connection.begin()
            try connection.pass(seconds: 4)
            try connection.receive(.end(nil))
            try connection.pass(seconds: 60)
        }
        try connection.begin()
        #expect(throws: BodyRate.TooSlow.self) { try connection.pass(seconds: 5) }
    }

    @Test func `without a lowest rate no body is ended`() throws {
        let connection = try Connection(bytesPerSecond: 0)
        try connection.begin()
        try connection.pass(seconds: 600)
    }

    @Test func `an absurd rate does not trap`() throws {
        let connection = try Connection(bytesPerSecond: .max)
        try connection.begin()
        try connection.receive(bytes: 1)
        #expect(throws: BodyRate.TooSlow.self) { try connection.pass(seconds: 5) }
    }

    @Test func `the answer says that the body was too slow and may be sent again`() {
        let answer = Refusal.tooSlow(bytesPerSecond: 1024).answer(in: nil)
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers[.retryAfter] == "1")
        #expect(answer.closesConnection)
        #expect(Refusal.tooSlow(bytesPerSecond: 1024).message.contains("1024 bytes a second"))
        #expect(Refusal.tooSlow(bytesPerSecond: 1024).outcome == .timedOut)
    }
}
