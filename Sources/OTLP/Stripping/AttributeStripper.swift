// SPDX-License-Identifier: Apache-2.0

/// Drops long attributes of spans that the reader does not read, prompts and answers above all, from a request during receipt.
///
/// So a request with prompts is never in memory as a whole. The kept part is again an `ExportTraceServiceRequest`: the
/// ``TraceRequestReader`` for which it was stripped reads the same spans and the same errors from it as from the whole request.
/// To that end everything after the first unusual byte is kept as it is.
///
/// - SeeAlso: opentelemetry-proto 1.9.0, collector/trace/v1/trace_service.proto and trace/v1/trace.proto.
package struct AttributeStripper: Sendable {
    /// A message whose end has not arrived.
    private struct Open {
        /// The offset of its end in the whole request.
        var end: Int
        /// The bytes of its length in the kept part; its content follows them.
        var length: Range<Int>
    }

    private let listed: AttributeKeyTable
    /// A copy that remembers the decisions about the keys of this request, which most of its spans share.
    private var judged: AttributeKeyTable
    private let wholeBytes: Int
    /// The kept part so far.
    private var kept: [UInt8] = []
    private var cuts: [StrippedRequest.Cut] = []
    /// The open messages: the resource spans, the scope spans, the span.
    ///
    /// Nothing is dropped at a deeper level.
    private var open: [Open] = []
    /// The number of bytes of the whole request that were taken so far.
    private var offset = 0
    private var keepNext = 0
    private var dropNext = 0
    /// Whether the rest of the body is kept as it is.
    private var keepsRest = false

    /// Makes a stripper for one request.
    ///
    /// - Parameters:
    ///   - reader: The reader of the kept part.
    ///   - wholeBytes: The size of the whole request, less than 4 GiB.
    package init(for reader: TraceRequestReader, wholeBytes: Int) {
        (listed, judged) = (reader.keys, reader.keys)
        self.wholeBytes = wholeBytes
        kept.reserveCapacity(min(wholeBytes, Self.firstCapacity))
        open.reserveCapacity(Self.deepest)
    }

    /// Takes the next piece of the request.
    ///
    /// - Parameter piece: The bytes after those that were taken so far, at most up to the end of the request.
    /// - Returns: The number of its bytes that were taken. Up to 160 bytes at its end are left if they can only be read together
    ///   with later ones; the next piece has to begin with them.
    package mutating func take(_ piece: Span<UInt8>) -> Int {
        var at = 0
        while at < piece.count {
            if dropNext > 0 {
                let count = min(dropNext, piece.count - at)
                dropNext -= count
                advance(&at, by: count)
            } else if keepNext > 0 {
                let count = min(keepNext, piece.count - at)
                keepNext -= count
                keep(piece, at, count)
                advance(&at, by: count)
            } else {
                close()
                guard let entered = nextField(in: piece, at: at) else { return at }
                advance(&at, by: entered)
            }
        }
        return at
    }

    /// The bytes of memory that are in use.
    package var keptBytes: Int { kept.count + cuts.count * MemoryLayout<StrippedRequest.Cut>.stride }

    /// Returns the kept part, once the whole request was taken.
    package consuming func finish() -> StrippedRequest {
        close()
        return StrippedRequest(bytes: kept, wholeBytes: wholeBytes, cuts: cuts)
    }

    private mutating func advance(_ at: inout Int, by count: Int) {
        at += count
        offset += count
    }

    private mutating func keep(_ piece: Span<UInt8>, _ at: Int, _ count: Int) {
        if keepsRest, kept.capacity - kept.count < count {
            // In few steps, since each one copies, and not far ahead of the received bytes, since the rest may never arrive.
            let now = kept.count + count
            kept.reserveCapacity(min(now + keepNext, Self.mostAhead * now))
        }
        unsafe piece.extracting(at..<(at + count)).withUnsafeBufferPointer { unsafe kept.append(contentsOf: $0) }
    }

    /// Reads the header of the field that begins here, and decides whether the field is kept, dropped or entered.
    ///
    /// - Returns: The size of tag and length of a message that is entered, which are kept now; 0 for any other field; `nil` if
    ///   the piece ends before the decision.
    private mutating func nextField(in piece: Span<UInt8>, at: Int) -> Int? {
        let end = open.last?.end ?? wholeBytes
        // Nothing is read beyond the message, so that the reader reports any damage there.
        let available = min(piece.count, at + end - offset)
        let isWhole = available == at + end - offset
        var cursor = ProtobufCursor(at..<available, in: piece)
        do throws(OTLPError) {
            guard isWorthwhile, let field = try cursor.nextField(in: piece) else { return keepRest() }
            guard field.wireType == WireType.lengthDelimited else {
                try cursor.skip(field, in: piece)
                keepNext = cursor.offset - at
                return 0
            }
            let lengthAt = cursor.offset
            let length = try cursor.varint(in: piece)
            let header = cursor.offset - at
            guard length <= UInt64(end - offset - header) else { return keepRest() }
            let content = Int(length)
            if open.count < Self.deepest, field.number == Self.entered[open.count] {
                keep(piece, at, header)
                let lengthStart = kept.count - (cursor.offset - lengthAt)
                open.append(Open(end: offset + header + content, length: lengthStart..<kept.count))
                return header
            }
            if open.count == Self.deepest, field.number == Self.attributes, content >= Self.long {
                guard let isWanted = wants(piece, cursor.offset, content) else { return nil }
                if !isWanted {
                    leaveOut(header + content)
                    return 0
                }
            }
            keepNext = header + content
            return 0
        } catch {
            // A field that the end of the piece cuts off comes again; the reader reports a damaged one.
            return isWhole || available - at >= Self.longestHeader ? keepRest() : nil
        }
    }

    /// Whether the reader reads an attribute; `nil` if the piece ends before the answer.
    private mutating func wants(_ piece: Span<UInt8>, _ at: Int, _ length: Int) -> Bool? {
        guard at + Self.longestHead <= piece.count else { return nil }
        // A key of less than 128 bytes, then the value, and nothing else: anything unusual is kept for the reader.
        var message = ProtobufCursor(at..<(at + Self.longestHead), in: piece)
        guard message.step(over: 1 << 3 | WireType.lengthDelimited, in: piece),
            let key = try? message.content(in: piece), key.count < 128,
            message.step(over: 2 << 3 | WireType.lengthDelimited, in: piece),
            let value = try? message.varint(in: piece), value == UInt64(at + length - message.offset)
        else { return true }
        guard length <= Self.longestJudged else {
            return listed.find(in: piece, at: key.lowerBound, length: key.count) != nil
        }
        return judged.identify(in: piece, at: key.lowerBound, length: key.count) != nil
    }

    /// Drops an attribute and keeps an empty one instead, so that every offset in the kept part has one in the whole request.
    private mutating func leaveOut(_ count: Int) {
        kept.append(UInt8(Self.attributes << 3) | WireType.lengthDelimited)
        kept.append(0)
        cuts.append(StrippedRequest.Cut(offset: kept.count, total: (cuts.last?.total ?? 0) + count - 2))
        dropNext = count
    }

    /// Whether enough was dropped to go on; otherwise keeping everything costs less.
    private var isWorthwhile: Bool { kept.count <= max(Self.trial, offset / 2) }

    /// Keeps everything from here on.
    private mutating func keepRest() -> Int {
        for message in open {
            setLength(of: message, to: kept.count - message.length.upperBound + message.end - offset)
        }
        open.removeAll(keepingCapacity: true)
        keepNext = wholeBytes - offset
        keepsRest = true
        return 0
    }

    /// Ends the messages that end here.
    private mutating func close() {
        while let message = open.last, message.end == offset {
            setLength(of: message, to: kept.count - message.length.upperBound)
            open.removeLast()
        }
    }

    /// Writes a length in as many bytes as the longer one had.
    private mutating func setLength(of message: Open, to length: Int) {
        var rest = length
        for index in message.length {
            let isLast = index == message.length.upperBound - 1
            kept[index] = UInt8(truncatingIfNeeded: rest & 0x7F) | (isLast ? 0 : 0x80)
            rest >>= 7
        }
    }

    /// The fields on the way from the request to a span: `resource_spans`, `scope_spans`, `spans`.
    private static let entered: [UInt32] = [1, 2, 2]
    private static var deepest: Int { 3 }
    /// `Span.attributes`.
    private static var attributes: UInt32 { 9 }
    /// The size from which on an attribute may be dropped; more than ``longestHead``.
    private static var long: Int { 256 }
    /// The size up to which the words of its key can make an attribute wanted: the reader reads values with usage in them up to
    /// 64 KiB.
    private static var longestJudged: Int { 65_536 + longestHead }
    /// The largest size of a tag with the number or length behind it.
    private static var longestHeader: Int { 20 }
    /// The largest size of an attribute's key and the length of its value, in the usual form.
    private static var longestHead: Int { 140 }
    /// The size of the kept part from which on dropping has to be worthwhile.
    private static var trial: Int { 131_072 }
    private static var firstCapacity: Int { 262_144 }
    /// The largest ratio of allocated memory to the bytes that arrived.
    private static var mostAhead: Int { 16 }
}
