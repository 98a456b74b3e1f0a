// SPDX-License-Identifier: Apache-2.0
import NIOCore
import OTLP

/// A body that was received to its end.
enum ReceivedBody: Sendable {
    case whole(ByteBuffer)
    /// A body without the parts that no reader asks for.
    case stripped(StrippedRequest)

    /// The body as sent; `nil` if parts of it were dropped.
    var whole: ByteBuffer? { if case .whole(let bytes) = self { bytes } else { nil } }
}

/// The memory that receives the rest of one body: right behind the beginning of the body, so that the body is in one piece
/// without a copy; or piece after piece in the same memory, in which the body is stripped.
///
/// Each connection has one, which is used on the connection's event loop alone: ``BodyReader`` opens it, ``BodyGathering`` fills
/// it, and ``BodyReceives`` lends it to the channel to write into.
final class BodyBuffer {
    /// Whether the rest of the current body is received here, so that the reader gets none of it.
    private(set) var isOpen = false
    /// Whether the body of the current request has not ended yet.
    private(set) var isInBody = false
    /// Whether the budget refused the body that the buffer was opened for, so that the rest goes to its reader.
    private(set) var isRefused = false
    /// Whether the rest of the current body is dropped.
    private(set) var isDiscarding = false
    /// Whether the budget refused the body and its reader has not been woken since.
    private var owesWake = false
    /// The number of requests that have begun on the connection.
    private(set) var requests = 0

    /// The number of bytes received of the body that the buffer was opened for last.
    ///
    /// The next request may have begun already.
    private(set) var receivedBytes = 0

    /// The number of bytes of the current body that went to its reader.
    private var passedBytes = 0
    /// The size of the body that the buffer was opened for.
    private var wantedBytes = 0
    /// The memory that the channel writes into, while bytes of the body are missing.
    ///
    /// It must have no other reference then, or the channel makes a copy.
    private var buffer: ByteBuffer?
    /// The number of bytes before those that the channel wrote last.
    private var earlierBytes = 0
    /// Whether the channel holds the buffer.
    private var isLent = false
    private var stripper: AttributeStripper?
    private var body: ReceivedBody?
    private var share: InFlightShare?

    /// The size of the memory in which a body is stripped: small enough to stay in the processor's caches.
    private static let strippingBytes = 262_144

    /// Notes that a request begins.
    func begin() {
        passedBytes = 0
        isInBody = true
        requests += 1
    }

    /// Notes that the request's body ends.
    func end() {
        (isOpen, isInBody) = (false, false)
        (isDiscarding, owesWake) = (false, false)
    }

    /// Frees the memory and drops the rest of the body; its reader refuses it.
    func refuse() {
        guard isOpen else { return }
        (isOpen, isRefused) = (false, true)
        (isDiscarding, owesWake) = (true, true)
        (buffer, stripper, share) = (nil, nil, nil)
        wantedBytes = 0
    }

    /// Drops the rest of a request's body.
    ///
    /// - Parameter request: The request's number on the connection, from 1. Bodies of later requests stay.
    func discard(_ request: Int) {
        if isInBody, request == requests { isDiscarding = true }
    }

    /// Whether the reader of a refused body has to be woken; the answer is `true` once.
    func takeWake() -> Bool {
        defer { owesWake = false }
        return owesWake
    }

    /// Notes that bytes of the body went to its reader.
    func pass(_ bytes: Int) { passedBytes += bytes }

    /// Receives the rest of a body here, if its reader has read everything that arrived.
    ///
    /// - Parameters:
    ///   - beginning: The beginning of the body, in memory for all of it; emptied if the answer is `true`.
    ///   - bytes: The size of the body, more than the beginning.
    ///   - share: Grows with the received bytes.
    /// - Returns: Whether the rest is received here; ``take()`` then returns the body.
    func open(behind beginning: inout ByteBuffer, of bytes: Int, _ share: InFlightShare) -> Bool {
        guard beginning.readableBytes == passedBytes, beginning.writableBytes > 0 else { return false }
        open(of: bytes, share)
        buffer = beginning
        beginning = ByteBuffer()
        return true
    }

    /// Strips the rest of a body here during receipt, if its reader has read everything that arrived.
    ///
    /// - Parameters:
    ///   - stripper: Drops the attributes that the pipeline does not read.
    ///   - beginning: The beginning of the body.
    ///   - bytes: The size of the body, more than the beginning.
    ///   - share: Grows with the kept bytes.
    /// - Returns: Whether the rest is received here; ``take()`` then returns the body.
    func open(
        _ stripper: AttributeStripper, behind beginning: ByteBuffer, of bytes: Int, _ share: InFlightShare
    ) -> Bool {
        guard beginning.readableBytes == passedBytes else { return false }
        open(of: bytes, share)
        self.stripper = stripper
        var (rest, buffer) = (beginning, ByteBufferAllocator().buffer(capacity: Self.strippingBytes))
        strip(&rest, upTo: rest.readableBytes)
        buffer.writeBuffer(&rest)
        self.buffer = buffer
        return true
    }

    private func open(of bytes: Int, _ share: InFlightShare) {
        (isOpen, receivedBytes, wantedBytes, stripper, body) = (true, passedBytes, bytes, nil, nil)
        (isRefused, self.share) = (false, share)
    }

    /// Returns the body after its end; `nil` if it was not received here.
    func take() -> ReceivedBody? { body.take() }

    /// Notes that the channel is about to read.
    ///
    /// - Returns: Whether it has to write into this buffer.
    func willRead() -> Bool {
        // The channel read nothing last time and returned nothing, which no known system does. The bytes are lost, so the body
        // never completes, and its reader reports an interrupted body.
        if isLent { (isLent, wantedBytes, stripper) = (false, 0, nil) }
        return buffer != nil
    }

    /// Lends the buffer to the channel, which appends to it.
    func lend() -> ByteBuffer? {
        guard var lent = buffer.take() else { return nil }
        isLent = true
        if stripper != nil { lent.discardReadBytes() }
        earlierBytes = lent.writerIndex
        lent.moveReaderIndex(to: earlierBytes)
        return lent
    }

    /// Takes the buffer back from the channel.
    ///
    /// - Parameter lent: The buffer, with what the channel read.
    func giveBack(_ lent: ByteBuffer) {
        guard isLent else { return }
        isLent = false
        var lent = lent
        // Bytes after the body belong to the next request.
        let count = min(lent.readableBytes, wantedBytes - receivedBytes)
        lent.moveReaderIndex(to: 0)
        if stripper != nil { strip(&lent, upTo: earlierBytes + count) }
        let held = stripper.map { $0.keptBytes + Self.strippingBytes } ?? receivedBytes + count
        if isOpen, share?.grow(to: held) == false { return refuse() }
        receivedBytes += count
        if receivedBytes < wantedBytes {
            buffer = lent
        } else if let stripper = stripper.take() {
            share = nil
            body = .stripped(stripper.finish())
        } else {
            share = nil
            body = lent.getSlice(at: 0, length: wantedBytes).map { .whole($0) }
        }
    }

    /// Steps over the bytes that the stripper has taken.
    private func strip(_ bytes: inout ByteBuffer, upTo count: Int) {
        let taken = take(bytes.readableBytesUInt8Span, count)
        bytes.moveReaderIndex(forwardBy: taken)
    }

    private func take(_ bytes: Span<UInt8>, _ count: Int) -> Int { stripper?.take(bytes.extracting(first: count)) ?? 0 }
}

/// Gives a channel the memory to read into: the buffer of a body, or else memory whose size follows the earlier reads.
///
/// Pieces outside of a buffer are small, since several of them may wait for the reader, and no budget counts them.
struct BodyReceives: RecvByteBufferAllocator {
    let buffer: NIOLoopBound<BodyBuffer>
    private var sizes = AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 16384, maximum: 65_536)

    init(buffer: NIOLoopBound<BodyBuffer>) { self.buffer = buffer }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        buffer.value.lend() ?? sizes.buffer(allocator: allocator)
    }

    /// `nil` while a body is received in the buffer: the channel then asks for memory for each read and reuses none.
    func nextBufferSize() -> Int? { buffer.value.willRead() ? nil : sizes.nextBufferSize() }

    /// Always true: the next memory may differ.
    mutating func record(actualReadBytes: Int) -> Bool {
        _ = sizes.record(actualReadBytes: actualReadBytes)
        return true
    }
}
