// SPDX-License-Identifier: Apache-2.0
import HTTPAPI
import NIOCore
import NIOPosix

/// A client that sends the bytes it is told to and reads answers one after the other.
struct RawClient {
    struct Reply {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]

        /// The body as text; what is no text shows as replacement characters.
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct ConnectionEnded: Error {}

    let channel: any Channel
    private var inbound: AsyncStream<ByteBuffer>.Iterator
    private var pending = ByteBuffer()

    /// Connects.
    ///
    /// - Parameters:
    ///   - address: Where to.
    ///   - source: The address to come from, one of those in 127.0.0.0/8.
    ///   - readsAnswers: Whether anything is read of what comes.
    /// - Throws: What the system has against the connection.
    init(to address: ListenAddress, from source: String? = nil, readsAnswers: Bool = true) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        if let source { bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: source, port: 0)) }
        // A small receive buffer fills at once, so that the server notices soon that the client does not read.
        if !readsAnswers {
            bootstrap = bootstrap.channelOption(.autoRead, value: false)
                .channelOption(.socketOption(.so_rcvbuf), value: 4096)
        }
        channel =
            try await bootstrap
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation: continuation))
                }
            }
            .connect(host: address.host ?? "127.0.0.1", port: address.port).get()
        inbound = stream.makeAsyncIterator()
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends `POST /v1/traces` with a body as long as declared.
    func post(_ body: [UInt8], headers: String = "") async throws {
        try await send(Self.head(headers + "Content-Length: \(body.count)\r\n"))
        try await send(body)
    }

    /// The head of `POST /v1/traces` with more header lines, each ending in CRLF.
    static func head(_ headers: String) -> String {
        "POST /v1/traces HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-protobuf\r\n\(headers)\r\n"
    }

    /// Reads one answer.
    ///
    /// - Parameter hasBody: False for the answer to HEAD and for one of the 100s.
    /// - Returns: The answer.
    /// - Throws: ``ConnectionEnded`` when the connection ends before it.
    mutating func reply(hasBody: Bool = true) async throws -> Reply {
        let head = try await head()
        let lines = head.split(separator: "\r\n")
        let status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        var headers = [String: String]()
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            headers[line[..<colon].lowercased()] = line[colon...].dropFirst().trimmingPrefix(" ").description
        }
        let length = hasBody ? headers["content-length"].flatMap { Int($0) } ?? 0 : 0
        while pending.readableBytes < length { try await more() }
        return Reply(status: status, headers: headers, body: pending.readBytes(length: length) ?? [])
    }

    /// Reads until a text has come, without reading an answer.
    mutating func bytes(until text: String) async throws -> [UInt8] {
        let end = Array(text.utf8)
        while !Array(pending.readableBytesView).contains(end) { try await more() }
        return pending.readBytes(length: pending.readableBytes) ?? []
    }

    /// Waits for the end of the connection.
    ///
    /// - Returns: How many bytes came before it that no answer was read from.
    mutating func bytesUntilClosed() async -> Int {
        while (try? await more()) != nil {}
        return pending.readableBytes
    }

    func close() async {
        try? await channel.close()
    }

    private mutating func head() async throws -> String {
        let end = Array("\r\n\r\n".utf8)
        while true {
            let bytes = Array(pending.readableBytesView)
            if let match = bytes.firstRange(of: end) {
                pending.moveReaderIndex(forwardBy: match.upperBound)
                return String(decoding: bytes[..<match.lowerBound], as: UTF8.self)
            }
            try await more()
        }
    }

    private mutating func more() async throws {
        guard let chunk = await inbound.next(isolation: #isolation) else { throw ConnectionEnded() }
        pending.writeImmutableBuffer(chunk)
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let continuation: AsyncStream<ByteBuffer>.Continuation

        init(continuation: AsyncStream<ByteBuffer>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { continuation.yield(unwrapInboundIn(data)) }
        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
