// SPDX-License-Identifier: Apache-2.0

/// The spans of one body, or of a slice of it, with the wanted attributes, in flat arrays that the next body reuses.
///
/// Text is not copied: names and string values are ranges of the body. The batch is of use only with its body.
package struct SpanBatch: Sendable {
    /// The accepted spans, in the order of the body.
    package internal(set) var spans: [SpanRecord] = []
    /// The wanted attributes; resources, scopes and spans each own a range of them.
    package internal(set) var attributes: [AttributeRecord] = []
    /// The first event of each wanted name of each span, and a few others with wanted attributes; spans own a range of them.
    package internal(set) var events: [EventRecord] = []
    /// The resources, one for each ResourceSpans of the body.
    package internal(set) var resources: [ResourceRecord] = []
    /// The instrumentation scopes, one for each ScopeSpans of the body.
    package internal(set) var scopes: [ScopeRecord] = []
    /// Spans that were left out, by reason.
    package internal(set) var refused = RefusedSpans()
    /// The number of wanted attributes that were left out because one message had more than ``mostAttributes``.
    package internal(set) var droppedAttributes = 0
    /// Whether the first resource is the last one of the slice before.
    package internal(set) var continuesResource = false
    /// Whether the first scope is the last one of the slice before.
    package internal(set) var continuesScope = false
    /// Whether any resource or scope of the body follows its spans, wholly or in part.
    package internal(set) var hasLateOrigins = false
    /// The sizes of the slices before.
    var earlier = EarlierSlices()
    /// The table of the reader that filled the batch last, with the keys that it has learned.
    private var keys: AttributeKeyTable?
    /// How the attributes of a body in JSON are written.
    var shapes = JSONAttributeShapes()

    package init() {}

    /// Gives a reader the table with the keys that it learned from earlier bodies.
    ///
    /// - Parameter table: The reader's own table.
    mutating func lendKeys(to table: inout AttributeKeyTable) {
        var lent: AttributeKeyTable?
        swap(&lent, &keys)
        guard var lent, lent.list == table.list else { return }
        swap(&lent, &table)
    }

    /// Takes a reader's table back.
    mutating func keep(_ table: inout AttributeKeyTable) {
        if table.learnedKeys > 0 { keys = table }
    }

    /// How many times the table forgot the keys that it had learned, because there were too many.
    package var timesKeysWereForgotten: Int { keys?.timesForgotten ?? 0 }

    /// Empties the batch for another body, and keeps its memory.
    package mutating func removeAll() {
        spans.removeAll(keepingCapacity: true)
        attributes.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        resources.removeAll(keepingCapacity: true)
        scopes.removeAll(keepingCapacity: true)
        refused = RefusedSpans()
        droppedAttributes = 0
        (continuesResource, continuesScope, hasLateOrigins) = (false, false, false)
        earlier = EarlierSlices()
    }
}

/// A range of the body's bytes: a text, or a whole message.
package struct ByteRange: Sendable, Equatable {
    package var offset: UInt32 = 0
    package var length: UInt32 = 0

    package init(offset: Int = 0, length: Int = 0) {
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.length = UInt32(truncatingIfNeeded: length)
    }

    /// The indices of the bytes in the body.
    var bytes: Range<Int> { Int(offset)..<Int(offset) + Int(length) }

    /// The bytes as text; invalid UTF-8 becomes U+FFFD.
    package func text(in body: Span<UInt8>) -> String {
        let part = body.extracting(bytes)
        return unsafe part.withUnsafeBufferPointer { bytes in unsafe String(decoding: bytes, as: UTF8.self) }
    }
}

/// A range of ``SpanBatch/attributes``.
package struct AttributeRange: Sendable {
    package var first: UInt32 = 0
    package var count: UInt32 = 0

    package var indices: Range<Int> { Int(first)..<Int(first) + Int(count) }
}

/// One span: its ids, its times, and the range of its attributes.
package struct SpanRecord: Sendable {
    package internal(set) var traceIDHigh: UInt64 = 0
    package internal(set) var traceIDLow: UInt64 = 0
    /// Never 0: spans without an id are refused.
    package internal(set) var spanID: UInt64 = 0
    /// 0 for a root.
    package internal(set) var parentSpanID: UInt64 = 0
    /// Nanoseconds since 1970 (UTC) as sent; 0 when not sent.
    package internal(set) var startNanoseconds: Outside<UInt64> = 0
    package internal(set) var endNanoseconds: Outside<UInt64> = 0
    package internal(set) var name = ByteRange()
    package internal(set) var attributes = AttributeRange()
    /// The range of the span's events in ``SpanBatch/events``.
    package internal(set) var events = AttributeRange()
    /// Index into ``SpanBatch/resources``.
    package internal(set) var resource: UInt32 = 0
    /// Index into ``SpanBatch/scopes``.
    package internal(set) var scope: UInt32 = 0
    package internal(set) var kind = SpanKind.unspecified
    package internal(set) var status = SpanStatus.unset
}

/// The role of a span in its trace.
///
/// - SeeAlso: `Span.SpanKind` in opentelemetry-proto, trace/v1/trace.proto.
package enum SpanKind: UInt8, Sendable {
    case unspecified, internalWork, server, client, producer, consumer

    /// The kind with a number of the schema; unspecified for any other number.
    @inline(__always)
    init(number: UInt64) {
        // A switch, since Swift's own initialiser would be a call for each span.
        switch number {
        case 1: self = .internalWork
        case 2: self = .server
        case 3: self = .client
        case 4: self = .producer
        case 5: self = .consumer
        default: self = .unspecified
        }
    }
}

/// How the operation of a span ended.
///
/// - SeeAlso: `Status.StatusCode` in opentelemetry-proto, trace/v1/trace.proto.
package enum SpanStatus: UInt8, Sendable {
    case unset, ok, error

    /// The status with a number of the schema; unset for any other number.
    @inline(__always)
    init(number: UInt64) {
        switch number {
        case 1: self = .ok
        case 2: self = .error
        default: self = .unset
        }
    }
}

/// A wanted attribute.
package struct AttributeRecord: Sendable {
    /// The number of its key, from the list or from the ``AttributeKeyJudge``.
    package internal(set) var key: AttributeKeyID
    /// The range of the key in the body.
    var keyLength: UInt16 = 0
    var keyOffset: UInt32 = 0
    package internal(set) var value: AttributeValue

    /// The range of the key in the body.
    package var keyRange: ByteRange { ByteRange(offset: Int(keyOffset), length: Int(keyLength)) }
}

/// An event of a span.
package struct EventRecord: Sendable {
    /// The index of its name among the wanted names; the number of wanted names for an event with another name.
    package internal(set) var name: AttributeKeyID
    /// The range of its name in the body.
    package internal(set) var nameRange = ByteRange()
    /// Nanoseconds since 1970 (UTC) as sent; 0 when not sent.
    package internal(set) var timeNanoseconds: Outside<UInt64> = 0
    /// Its wanted attributes.
    package internal(set) var attributes = AttributeRange()
    /// The bytes from which its attributes are read, once the span's own are complete.
    var content = ByteRange()
}

/// The value of a wanted attribute: a number, or the range of a text in the body.
package enum AttributeValue: Sendable, Equatable {
    /// An `AnyValue` without content.
    case empty
    case string(ByteRange)
    case bool(Bool)
    case int(Outside<Int64>)
    case double(Outside<Double>)
    /// A list, map or byte string as sent; its content is not checked.
    case structured(ByteRange)
}

/// The resource that produced spans.
package struct ResourceRecord: Sendable {
    /// The range of the message, whose bytes are the same in every body of one process.
    package internal(set) var content = ByteRange()
    package internal(set) var attributes = AttributeRange()
}

/// The instrumentation scope of spans: the library that made them.
package struct ScopeRecord: Sendable {
    package internal(set) var name = ByteRange()
    package internal(set) var version = ByteRange()
    package internal(set) var attributes = AttributeRange()
}

/// The number of refused spans, by reason.
package struct RefusedSpans: Sendable, Equatable {
    /// Spans without a trace id of 16 bytes or a span id of 8 bytes, or with an id of zeros.
    package internal(set) var withoutIdentity = 0

    /// All of them.
    package var total: Int { withoutIdentity }
}

extension SpanBatch {
    /// The range of the attributes from an index to the last one.
    @inline(__always)
    func attributeRange(from first: Int) -> AttributeRange {
        AttributeRange(first: UInt32(first), count: UInt32(attributes.count - first))
    }

    /// Completes a span with the attributes and events that were read last.
    ///
    /// A span without ids is counted and dropped with them.
    ///
    /// - Parameters:
    ///   - span: The span.
    ///   - firstAttribute: The index of its first attribute.
    ///   - firstEvent: The index of its first event.
    ///   - maxSpans: The largest number of spans.
    /// - Returns: Whether it has ids.
    /// - Throws: ``OTLPError/tooManySpans(limit:)`` if there are as many already.
    @inline(__always)
    mutating func complete(
        _ span: inout SpanRecord, firstAttribute: Int, firstEvent: Int, maxSpans: Int
    ) throws(OTLPError) -> Bool {
        guard span.spanID != 0, span.traceIDHigh | span.traceIDLow != 0 else {
            attributes.removeLast(attributes.count - firstAttribute)
            events.removeLast(events.count - firstEvent)
            refused.withoutIdentity += 1
            return false
        }
        guard earlier.spans + spans.count < maxSpans else { throw .tooManySpans(limit: maxSpans) }
        span.attributes = attributeRange(from: firstAttribute)
        if events.count > firstEvent {
            span.events = AttributeRange(first: UInt32(firstEvent), count: UInt32(events.count - firstEvent))
        }
        return true
    }
}
