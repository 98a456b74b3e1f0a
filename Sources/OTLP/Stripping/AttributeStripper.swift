// SPDX-License-Identifier: Apache-2.0

/// Leaves out of a request, while it comes in, what its reader would only step over: long attributes of spans that nobody
/// asked for, prompts and answers above all.
///
/// A request that carries prompts is so never in memory as a whole. What is kept is again an
/// `ExportTraceServiceRequest`, and a ``TraceRequestReader`` that it was made for reads from it what it would have read from the
/// whole one, errors included: wherever something is not as senders write it, all that follows is kept as it is.
///
/// - SeeAlso: opentelemetry-proto 1.9.0, collector/trace/v1/trace_service.proto and trace/v1/trace.proto.
package struct AttributeStripper: Sendable {
    /// A message that has begun and not ended.
    private struct Open {
        /// Where it ends, in the whole request.
        var end: Int
        /// Where its length stands in what is kept, and in how many bytes; its content follows.
        var length: Range<Int>
    }

    private let listed: AttributeKeyTable
    /// With the decisions about the keys of this request, of which most spans have the same.
    private var judged: AttributeKeyTable
    private let wholeBytes: Int
    /// What is kept so far.
    private var kept: [UInt8] = []
    private var cuts: [StrippedRequest.Cut] = []
    /// The request's resource spans, their scope spans, the span: as deep as anything is left out.
    private var open: [Open] = []
    /// How much of the whole request has been taken.
    private var offset = 0
    private var keepNext = 0
    private var dropNext = 0
    /// Whether the rest of the body is kept as it is.
    private var keepsRest = false

    /// Makes a stripper for one request.
    ///
    /// - Parameters:
    ///   - reader: Who will read what is kept.
    ///   - wholeBytes: How long the whole request is, less than 4 GiB.
    package init(for reader: TraceRequestReader, wholeBytes: Int) {
        (listed, judged) = (reader.keys, reader.keys)
        self.wholeBytes = wholeBytes
        kept.reserveCapacity(min(wholeBytes, Self.firstCapacity))
        open.reserveCapacity(Self.deepest)
    }

    /// Takes the next piece of the request.
    ///
    /// - Parameter piece: What follows the bytes that were taken so far, up to the end of the request at most.
    /// - Returns: How many of its bytes were taken. The last ones, 160 at most, are left where more is needed to understand
    ///   them: the next piece has to begin with them.
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

    /// What is kept of the request, of which all has been taken.
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
            // In few steps, since each one copies; but not far ahead of the bytes that arrived, since the rest may never arrive.
            let now = kept.count + count
            kept.reserveCapacity(min(now + keepNext, Self.mostAhead * now))
        }
        unsafe piece.extracting(at..<(at + count)).withUnsafeBufferPointer { unsafe kept.append(contentsOf: $0) }
    }

    /// Looks at the field that begins here, and plans what becomes of it.
    ///
    /// - Returns: How long the tag and length are of a message that is entered, which are kept now; 0 for any other field;
    ///   `nil` when the piece ends too early to tell.
    private mutating func nextField(in piece: Span<UInt8>, at: Int) -> Int? {
        let end = open.last?.end ?? wholeBytes
        // Nothing is read beyond the message, so that what would be damaged there is found by the reader.
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
                let place = kept.count - (cursor.offset - lengthAt)
                open.append(Open(end: offset + header + content, length: place..<kept.count))
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
            // A field that is cut off by the end of the piece comes again; one that is damaged is for the reader.
            return isWhole || available - at >= Self.longestHeader ? keepRest() : nil
        }
    }

    /// Whether the reader would look at an attribute; `nil` when the piece ends before the answer.
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

    /// Leaves out an attribute, in whose place an empty one remains: so every place in what is kept is one in the whole.
    private mutating func leaveOut(_ count: Int) {
        kept.append(UInt8(Self.attributes << 3) | WireType.lengthDelimited)
        kept.append(0)
        cuts.append(StrippedRequest.Cut(place: kept.count, total: (cuts.last?.total ?? 0) + count - 2))
        dropNext = count
    }

    /// Whether enough is left out to go on: keeping all costs less otherwise.
    private var isWorthwhile: Bool { kept.count <= max(Self.trial, offset / 2) }

    /// Keeps all that follows.
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
        for place in message.length {
            let isLast = place == message.length.upperBound - 1
            kept[place] = UInt8(truncatingIfNeeded: rest & 0x7F) | (isLast ? 0 : 0x80)
            rest >>= 7
        }
    }

    /// The fields by which one gets from the request to a span: `resource_spans`, `scope_spans`, `spans`.
    private static let entered: [UInt32] = [1, 2, 2]
    private static var deepest: Int { 3 }
    /// `Span.attributes`.
    private static var attributes: UInt32 { 9 }
    /// From which length on an attribute is worth a look; more than ``longestHead``.
    private static var long: Int { 256 }
    /// Up to which length an attribute may be wanted for the words of its key: values with usage in them are looked at up to
    /// 64 KiB.
    private static var longestJudged: Int { 65_536 + longestHead }
    /// How many bytes a tag with a number or length behind it has at most.
    private static var longestHeader: Int { 20 }
    /// How many bytes the key of an attribute and the length of its value have at most, in the usual form.
    private static var longestHead: Int { 140 }
    /// How much is kept before it is asked whether it is worthwhile.
    private static var trial: Int { 131_072 }
    private static var firstCapacity: Int { 262_144 }
    /// The largest ratio of allocated memory to the bytes that arrived.
    private static var mostAhead: Int { 16 }
}
