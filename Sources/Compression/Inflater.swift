// SPDX-License-Identifier: Apache-2.0
import CDeflate

/// Compression: inflates gzip bodies up to a limit.
///
/// An inflater owns the memory that it inflates into and uses it again for the next body, so that a steady stream of
/// bodies touches no new pages. It serves one body at a time.
@safe
package struct Inflater: ~Copyable {
    // Sound: the two pointers are allocated here, never leave this type, and are freed once, in `deinit`;
    // `output` is only lent as a span over bytes that were written, for the length of a call.
    private let decompressor: OpaquePointer
    private var output: UnsafeMutablePointer<UInt8>
    private var capacity: Int

    /// Memory that is kept from one body to the next, in bytes; more is given back after use.
    private let keptBytes: Int

    /// Makes an inflater.
    ///
    /// - Parameter keptBytes: How many bytes of output memory it may keep between bodies.
    package init(keptBytes: Int = 8 << 20) {
        guard let decompressor = unsafe libdeflate_alloc_decompressor() else {
            preconditionFailure("no memory for a decompressor")
        }
        unsafe self.decompressor = decompressor
        self.keptBytes = max(keptBytes, Self.smallestCapacity)
        capacity = Self.smallestCapacity
        unsafe output = .allocate(capacity: Self.smallestCapacity)
    }

    deinit {
        unsafe libdeflate_free_decompressor(decompressor)
        unsafe output.deallocate()
    }

    /// Inflates a gzip body of one or more members.
    ///
    /// - Parameters:
    ///   - body: The compressed bytes. Bytes behind the last member that begin no further member are refused.
    ///   - limit: How many inflated bytes are accepted, at least 1.
    ///   - reserve: Asked before memory is taken, with the number of bytes this body then holds in all; `false` ends
    ///     the work with ``InflateError/noRoom``.
    /// - Returns: The number of inflated bytes; ``withOutput(count:_:)`` shows them.
    /// - Throws: ``InflateError`` when the body is damaged, larger than `limit`, or not allowed the memory.
    /// - SeeAlso: RFC 1952, section 2.2 (members) and 2.3.1 (the size field, modulo 2^32).
    package mutating func inflateGzip(
        _ body: Span<UInt8>, limit: Int, reserve: (Int) -> Bool
    ) throws(InflateError) -> Int {
        // The size that the last member claims: right for ordinary bodies, checked by the inflation itself otherwise.
        let claimed = GzipFrame.claimedSize(of: body)
        // Nothing is taken for a claim that cannot be true: beyond what deflate reaches (1032:1), or beyond what is
        // accepted. A body that was cut short claims anything, so only inflating tells it from one that is too large.
        let isBelievable = claimed <= min(limit, body.count.multipliedClamped(by: 1032))
        var wanted = max(Self.smallestCapacity, isBelievable ? claimed : 0)
        guard reserve(wanted) else { throw .noRoom }
        grow(to: wanted)

        var read = 0
        var written = 0
        repeat {
            guard let start = GzipFrame.headerEnd(of: body, from: read) else { throw .damaged(offset: read) }
            var consumed = 0
            var produced = 0
            let result = unsafe body.withUnsafeBytes { input in
                unsafe libdeflate_deflate_decompress_ex(
                    decompressor, input.baseAddress.map { unsafe $0 + start },
                    input.count - GzipFrame.trailerBytes - start,
                    output + written, capacity - written, &consumed, &produced)
            }
            switch result {
            case LIBDEFLATE_SUCCESS:
                let member = unsafe Span(_unsafeStart: output + written, count: produced)
                guard GzipFrame.trailer(of: body, at: start + consumed, matches: member) else {
                    throw .damaged(offset: read)
                }
                read = start + consumed + GzipFrame.trailerBytes
                written += produced
                guard written <= limit else { throw .larger(limit: limit) }
            case LIBDEFLATE_INSUFFICIENT_SPACE:
                guard capacity <= limit else { throw .larger(limit: limit) }
                // One byte over the limit is room enough to tell a body of exactly the limit from a larger one.
                wanted = min(limit + 1, capacity * 2)
                guard reserve(wanted) else { throw .noRoom }
                // Inflating starts over in the larger memory, which at most doubles the work: keeping the output so far would
                // take the memory of both.
                grow(to: wanted)
                (read, written) = (0, 0)
            default:
                throw .damaged(offset: read)
            }
        } while read < body.count
        return written
    }

    /// Lends the bytes of the last inflation.
    ///
    /// - Parameters:
    ///   - count: What the inflation returned.
    ///   - body: Gets the bytes, and may write to them; they are gone with the next inflation.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    package mutating func withOutput<Result, Failure: Error>(
        count: Int, _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(count <= capacity)
        var bytes = unsafe MutableSpan(_unsafeStart: output, count: count)
        return try body(&bytes)
    }

    /// The number of bytes of memory that it has for output.
    package var memoryBytes: Int { capacity }

    /// Gives back memory beyond what may be kept; to be called after each body.
    package mutating func trim() {
        guard capacity > keptBytes else { return }
        unsafe output.deallocate()
        capacity = Self.smallestCapacity
        unsafe output = .allocate(capacity: capacity)
    }

    private static let smallestCapacity = 64 << 10
    private static let grain = 1 << 20

    /// Replaces the output memory with a larger one.
    private mutating func grow(to wanted: Int) {
        guard wanted > capacity else { return }
        // Bodies of one sender are of much the same size: a little room to spare, which costs nothing until it is touched,
        // and the next body, if it is longer, needs no new pages.
        let wanted = wanted < Self.grain ? wanted : (wanted + Self.grain - 1) / Self.grain * Self.grain
        unsafe output.deallocate()
        unsafe output = .allocate(capacity: wanted)
        capacity = wanted
    }
}

// Sound: an inflater cannot be copied and owns its memory alone, so only its holder can reach that memory.
extension Inflater: @unchecked Sendable {}

/// Why a compressed body could not be inflated.
package enum InflateError: Error, Equatable, CustomStringConvertible {
    /// The bytes are no sound gzip member, beginning at this offset of the compressed body.
    case damaged(offset: Int)
    /// There are more inflated bytes than accepted.
    case larger(limit: Int)
    /// The memory is taken by other bodies.
    case noRoom

    package var description: String {
        switch self {
        case .damaged(let offset):
            "the gzip member at byte \(offset) of the body is damaged or cut short; send the whole body again"
        case .larger(let limit):
            "the body inflates to more than \(limit) bytes; send smaller batches"
        case .noRoom:
            "too many bodies are in progress; send this one again later"
        }
    }
}

extension Int {
    fileprivate func multipliedClamped(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
