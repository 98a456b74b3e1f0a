// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import HummingbirdCore
import Ingest
import NIOCore
import OTLP

/// The body of one request, read at most once and never past a ceiling.
struct BodyReader {
    /// The body was cut off, so no sender is left to answer.
    struct Interrupted: Error {}

    /// The length the sender declared; `nil` for a chunked body.
    let declaredBytes: Int?
    private(set) var receivedBytes = 0
    /// Whether the service sent the `100 Continue` that the sender waits for.
    var isAskedFor = false
    private(set) var isAtEnd: Bool
    private var chunks: RequestBody.AsyncIterator
    private let channel: any Channel
    /// The number of the request on its connection; `nil` off the connection's event loop.
    private let number: Int?
    /// What the request's headers said, if ``SmallBodies`` has held the request back since they came.
    let heldBack: SmallBody?
    /// The buffer that receives the rest of the body; `nil` before that has begun.
    private var buffer: NIOLoopBound<BodyBuffer>?

    /// - Parameters:
    ///   - request: The request whose body this is; nothing else may read it.
    ///   - channel: The connection it comes on.
    init(_ request: Request, on channel: any Channel) {
        self.channel = channel
        let gathering = Self.gathering(of: channel)
        number = gathering?.beginReader()
        heldBack = gathering?.heldBack.take()
        let isChunked = request.headers[.transferEncoding] != nil
        declaredBytes = isChunked ? nil : request.headers[.contentLength].flatMap { Int($0) } ?? 0
        isAtEnd = declaredBytes == 0
        chunks = request.body.makeAsyncIterator()
    }

    /// The sender's address, if the connection has one.
    var remoteAddress: SocketAddress? { channel.remoteAddress }

    /// The number of bytes that have not arrived; `nil` for a chunked body.
    var restBytes: Int? { declaredBytes.map { $0 - receivedBytes } }

    /// Reads the next piece.
    ///
    /// - Returns: The piece, or `nil` at the end.
    /// - Throws: ``Interrupted``, ``ConnectionTimeouts/BodyTimedOut``, or what the HTTP parser found wrong.
    @concurrent
    mutating func next() async throws -> ByteBuffer? {
        guard !isAtEnd else { return nil }
        let chunk: ByteBuffer?
        do {
            // Bytes in the buffer count even if the body then ends in an error.
            defer { if let buffer { receivedBytes = buffer.value.receivedBytes } }
            chunk = try await chunks.next()
        }
        guard let chunk else {
            // The iterator also ends when the connection is cut off, which for a chunked body looks like its end.
            guard declaredBytes == nil || declaredBytes == receivedBytes, !Task.isCancelled else { throw Interrupted() }
            isAtEnd = true
            return nil
        }
        receivedBytes += chunk.readableBytes
        return chunk
    }

    /// Hands out, once, the body that ``SmallBodies`` took before it passed the request on.
    func takeWaiting() -> (body: SmallBody, receipt: IngestReceipt)? {
        guard channel.eventLoop.inEventLoop else { return nil }
        return try? channel.pipeline.syncOperations.handler(type: SmallBodies.self).takeWaiting()
    }

    /// Wakes the reader, so that it checks its share again; any thread may call it.
    var wake: @Sendable () -> Void {
        { [channel] in
            channel.eventLoop.execute {
                try? channel.pipeline.syncOperations.handler(type: BodyGathering.self).wakeReader()
            }
        }
    }

    /// Reads the whole body, into one piece of memory or stripped.
    ///
    /// - Parameters:
    ///   - ceiling: The most bytes to take.
    ///   - share: Grows with the bytes that are kept.
    ///   - stripper: Called with the declared size. Returns a filter that drops unread attributes during receipt, or `nil` to
    ///     keep the whole body.
    /// - Returns: The body.
    /// - Throws: ``Refusal/tooLarge(limit:)`` over the ceiling, ``Refusal/inFlightFull(limit:)`` when the share finds no room,
    ///   or what ``next()`` throws.
    @concurrent
    mutating func collect(
        upTo ceiling: Int, _ share: InFlightShare, stripper: (Int) -> AttributeStripper?
    ) async throws -> ReceivedBody {
        var body = ByteBuffer()
        let stripper = declaredBytes.flatMap(stripper)
        while let chunk = try await next() {
            guard receivedBytes <= ceiling else { throw Refusal.tooLarge(limit: ceiling) }
            if buffer?.value.isRefused == true {
                buffer = nil
                throw Refusal.inFlightFull(limit: share.limit)
            }
            guard share.grow(to: receivedBytes) else { throw Refusal.inFlightFull(limit: share.limit) }
            if receivedBytes == chunk.readableBytes {
                // A body of one piece is not copied.
                body = chunk
            } else {
                body.writeImmutableBuffer(chunk)
                // The buffer of a chunked body grows ahead of its bytes. That of a declared body is allocated whole, and its
                // pages are touched only as bytes arrive.
                guard declaredBytes != nil || share.grow(to: body.capacity) else {
                    throw Refusal.inFlightFull(limit: share.limit)
                }
            }
            guard let declaredBytes, declaredBytes > receivedBytes else { continue }
            if let stripper {
                openBuffer { $0.open(stripper, behind: body, of: declaredBytes, share) }
            } else if receivedBytes >= declaredBytes / Self.mostAhead {
                if body.capacity < declaredBytes {
                    var whole = ByteBufferAllocator().buffer(capacity: declaredBytes)
                    whole.writeBuffer(&body)
                    body = whole
                }
                openBuffer { $0.open(behind: &body, of: declaredBytes, share) }
            }
        }
        // While the buffer is open, only the end of the body or the rest of a refused body arrives here.
        guard let buffer else { return .whole(body) }
        guard !buffer.value.isRefused else { throw Refusal.inFlightFull(limit: share.limit) }
        guard let body = buffer.value.take() else { throw Interrupted() }
        return body
    }

    /// Memory for the declared length is allocated once one part in so many has arrived.
    private static let mostAhead = 16

    /// Receives the rest of the body in the connection's buffer, if that is possible.
    private mutating func openBuffer(_ open: (BodyBuffer) -> Bool) {
        guard let shared = Self.gathering(of: channel)?.shared, open(shared.value) else { return }
        buffer = shared
    }

    private static func gathering(of channel: any Channel) -> BodyGathering? {
        guard channel.eventLoop.inEventLoop else { return nil }
        return try? channel.pipeline.syncOperations.handler(type: BodyGathering.self)
    }

    /// Drops the rest of the body on arrival, so that it takes no memory while the answer is written.
    func discardRest() {
        guard !isAtEnd, let number else { return }
        Self.gathering(of: channel)?.discard(number)
    }

    /// Reads and drops the rest of the body, up to a bound.
    ///
    /// - Parameter limit: The most bytes to read.
    /// - Throws: What ``next()`` throws.
    @concurrent
    mutating func drain(upTo limit: Int) async throws {
        let stop = receivedBytes + limit
        while receivedBytes < stop, try await next() != nil {}
    }
}
