// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import HummingbirdCore
import NIOCore

/// The body of one request, read at most once and never past a ceiling.
struct BodyReader {
    /// The body ended before its end, so nobody is left to answer.
    struct Interrupted: Error {}

    /// The length the sender declared; `nil` for a chunked body.
    let declaredBytes: Int?
    private(set) var receivedBytes = 0
    private(set) var isAtEnd: Bool
    private var chunks: RequestBody.AsyncIterator

    /// - Parameter request: The request whose body this is; nothing else may read it.
    init(_ request: Request) {
        let isChunked = request.headers[.transferEncoding] != nil
        declaredBytes = isChunked ? nil : request.headers[.contentLength].flatMap { Int($0) } ?? 0
        isAtEnd = declaredBytes == 0
        chunks = request.body.makeAsyncIterator()
    }

    /// What is still to come; `nil` for a chunked body.
    var restBytes: Int? { declaredBytes.map { $0 - receivedBytes } }

    /// Reads the next piece.
    ///
    /// - Returns: The piece, or `nil` at the end.
    /// - Throws: ``Interrupted``, ``ConnectionTimeouts/BodyTimedOut``, or what the HTTP parser found wrong.
    @concurrent
    mutating func next() async throws -> ByteBuffer? {
        guard !isAtEnd else { return nil }
        guard let chunk = try await chunks.next() else {
            // The iterator also ends when the connection is cut off, which for a chunked body looks like its end.
            guard declaredBytes == nil || declaredBytes == receivedBytes, !Task.isCancelled else { throw Interrupted() }
            isAtEnd = true
            return nil
        }
        receivedBytes += chunk.readableBytes
        return chunk
    }

    /// Reads the whole body into one buffer of the declared size.
    ///
    /// - Parameters:
    ///   - ceiling: The most bytes to take.
    ///   - reserve: Asked before bytes beyond the declared ones are kept, with the size so far.
    /// - Returns: The body.
    /// - Throws: ``Refusal/tooLarge(limit:)`` over the ceiling, what `reserve` throws, or what ``next()`` throws.
    @concurrent
    mutating func collect(upTo ceiling: Int, reserve: (Int) throws(Refusal) -> Void) async throws -> ByteBuffer {
        var body = ByteBuffer()
        while let chunk = try await next() {
            guard receivedBytes <= ceiling else { throw Refusal.tooLarge(limit: ceiling) }
            if declaredBytes == nil { try reserve(receivedBytes) }
            if receivedBytes == chunk.readableBytes {
                // A body that came in one piece is not copied.
                guard let declaredBytes, declaredBytes > receivedBytes else {
                    body = chunk
                    continue
                }
                body = ByteBufferAllocator().buffer(capacity: declaredBytes)
            }
            body.writeImmutableBuffer(chunk)
        }
        return body
    }

    /// Reads and forgets what is left, up to a bound.
    ///
    /// - Parameter limit: The most bytes to read.
    /// - Throws: What ``next()`` throws.
    @concurrent
    mutating func drain(upTo limit: Int) async throws {
        let stop = receivedBytes + limit
        while receivedBytes < stop, try await next() != nil {}
    }
}
