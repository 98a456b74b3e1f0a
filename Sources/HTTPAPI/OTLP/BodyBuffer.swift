// SPDX-License-Identifier: Apache-2.0
import NIOCore
import OTLP

/// A body that came in.
enum ReceivedBody: Sendable {
    case whole(ByteBuffer)
    /// A body without the parts that no reader asks for.
    case stripped(StrippedRequest)
}

/// Where the rest of one body is received: right behind what came of it before, so that the body lies in one piece without
/// being copied; or piece after piece in the same memory, where it is stripped.
///
/// Each connection has one. It belongs to the connection's event loop, like those who share it: the body's reader, which
/// opens it, ``BodyGathering``, which fills it, and ``BodyReceives``, by which the channel asks where to write.
final class BodyBuffer {
    /// Whether the rest of the body that comes now goes to nobody but this.
    private(set) var isOpen = false
    /// Whether the body of the current request has not ended yet.
    private(set) var isInBody = false
    /// Whether the budget refused the body that the buffer was opened for, so that the rest of it goes to its reader.
    private(set) var isRefused = false
    /// Whether the rest of the body that comes now is dropped.
    private(set) var isDiscarding = false
    /// Whether the reader of the body has not been woken since the budget refused it.
    private var owesWake = false
    /// The number of requests that have begun on the connection.
    private(set) var requests = 0

    /// How many bytes have come of the body that the buffer was opened for last.
    ///
    /// The next request may be on its way already.
    private(set) var receivedBytes = 0

    /// How many bytes of the body that comes now went to its reader.
    private var passedBytes = 0
    /// How long the body is that the buffer was opened for.
    private var wantedBytes = 0
    /// Where the channel writes, as long as something is missing.
    ///
    /// Nobody else may hold it then, or the channel makes a copy.
    private var buffer: ByteBuffer?
    /// How many bytes at the beginning of the buffer the channel did not write last.
    private var earlierBytes = 0
    /// Whether the channel has the buffer.
    private var isLent = false
    private var stripper: AttributeStripper?
    private var body: ReceivedBody?
    private var share: InFlightShare?

    /// The memory in which a body is stripped: small enough to stay in the processor's caches.
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

    /// Gives back the memory and drops the rest of the body, whose reader refuses it.
    func refuse() {
        guard isOpen else { return }
        (isOpen, isRefused) = (false, true)
        (isDiscarding, owesWake) = (true, true)
        (buffer, stripper, share) = (nil, nil, nil)
        wantedBytes = 0
    }

    /// Drops the rest of a request's body.
    ///
    /// - Parameter request: The request's number on the connection, from 1; nothing is dropped of later ones.
    func discard(_ request: Int) {
        if isInBody, request == requests { isDiscarding = true }
    }

    /// Whether the reader of a refused body is still to be woken; it is asked once.
    func takeWake() -> Bool {
        defer { owesWake = false }
        return owesWake
    }

    /// Notes that bytes of the body went to its reader.
    func pass(_ bytes: Int) { passedBytes += bytes }

    /// Has the rest of a body received here, if all that came of it has been read.
    ///
    /// - Parameters:
    ///   - beginning: What came of the body, with room for all of it; given away when the answer is `true`.
    ///   - bytes: How long the body is, more than the beginning.
    ///   - share: Grows with what comes.
    /// - Returns: Whether the rest comes here, after which ``take()`` has the body.
    func open(behind beginning: inout ByteBuffer, of bytes: Int, _ share: InFlightShare) -> Bool {
        guard beginning.readableBytes == passedBytes, beginning.writableBytes > 0 else { return false }
        open(of: bytes, share)
        buffer = beginning
        beginning = ByteBuffer()
        return true
    }

    /// Has the rest of a body stripped here while it comes, if all that came of it has been read.
    ///
    /// - Parameters:
    ///   - stripper: Leaves out the parts that no reader asks for.
    ///   - beginning: What came of the body.
    ///   - bytes: How long the body is, more than the beginning.
    ///   - share: Grows with what is kept of what comes.
    /// - Returns: Whether the rest comes here, after which ``take()`` has the body.
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

    /// The body, once its end has come; `nil` when it was not received here.
    func take() -> ReceivedBody? { body.take() }

    /// Notes that the channel is about to read.
    ///
    /// - Returns: Whether it is to write here.
    func willRead() -> Bool {
        // It read nothing the last time and gave nothing back, which no known system does: what was there is gone, the body
        // never gets complete, and its reader is told so.
        if isLent { (isLent, wantedBytes, stripper) = (false, 0, nil) }
        return buffer != nil
    }

    /// Lends the buffer to the channel, which writes behind the bytes that are there.
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
        // What follows the body is another request.
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

/// Tells a channel where to write what it reads: into the buffer of a body, else into memory of a size that follows what came
/// before.
///
/// Pieces outside of a buffer are small: several of them may wait for the reader, and no budget counts them.
struct BodyReceives: RecvByteBufferAllocator {
    let buffer: NIOLoopBound<BodyBuffer>
    private var sizes = AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 16384, maximum: 65_536)

    init(buffer: NIOLoopBound<BodyBuffer>) { self.buffer = buffer }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        buffer.value.lend() ?? sizes.buffer(allocator: allocator)
    }

    /// No size while a buffer wants more: the channel then asks for memory each time, and does not write into what it keeps.
    func nextBufferSize() -> Int? { buffer.value.willRead() ? nil : sizes.nextBufferSize() }

    /// Always true, which says that the next memory may be another.
    mutating func record(actualReadBytes: Int) -> Bool {
        _ = sizes.record(actualReadBytes: actualReadBytes)
        return true
    }
}
