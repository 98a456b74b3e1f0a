// SPDX-License-Identifier: Apache-2.0

/// The signal of a body that is not kept, and the names of its services and instrumentation scopes.
///
/// The reader steps over the records themselves. It needs no whole body: it reads as far as the bytes go, and stops without an
/// error at the first byte that is not OTLP.
package struct SignalOrigins: Sendable {
    /// The signal that the records are of; `nil` if they show none.
    package internal(set) var signal: OtherSignal?
    /// Whether the records are spans, which have a path of their own.
    package internal(set) var hasSpans = false
    /// The positions of the services' names, each at most once for each resource.
    package private(set) var services: [ByteRange] = []
    /// The positions of the names of the instrumentation scopes.
    package private(set) var scopes: [ByteRange] = []

    /// The largest number of services, and of scopes, that are read.
    package static let most = 8

    init() {}

    mutating func addService(_ name: Range<Int>) { Self.add(name, to: &services) }

    mutating func addScope(_ name: Range<Int>) { Self.add(name, to: &scopes) }

    private static func add(_ name: Range<Int>, to names: inout [ByteRange]) {
        guard names.count < most else { return }
        names.append(ByteRange(offset: name.lowerBound, length: name.count))
    }

    /// Whether nothing more is to be learnt.
    var isComplete: Bool { hasSpans || signal != nil && services.count == Self.most && scopes.count == Self.most }
}

// MARK: Protobuf

extension SignalOrigins {
    /// Reads the beginning of an `ExportMetricsServiceRequest` or `ExportLogsServiceRequest` in protobuf.
    ///
    /// - Parameter bytes: The body, or its first bytes.
    package init(protobuf bytes: Span<UInt8>) {
        try? read(.request, 0..<bytes.count, bytes)
    }

    /// The messages on the way to the names; both signals number their fields alike.
    private enum Message {
        case request, ofResource, resource, attribute, value, ofScope, scope, record
    }

    private mutating func read(_ message: Message, _ range: Range<Int>, _ bytes: Span<UInt8>) throws(OTLPError) {
        var cursor = ProtobufCursor(range, in: bytes)
        var isServiceName = false
        while !isComplete, let field = try cursor.nextField(in: bytes) {
            guard field.wireType == WireType.lengthDelimited else {
                if message == .record { note(field) }
                try cursor.skip(field, in: bytes)
                continue
            }
            let length = try cursor.varint(in: bytes)
            let start = cursor.offset
            // The last message of a body of which only the beginning is here ends with the bytes.
            let content = start..<(start + Int(min(length, UInt64(range.upperBound - start))))
            switch (message, field.number) {
            case (.request, 1): try read(.ofResource, content, bytes)
            case (.ofResource, 1): try read(.resource, content, bytes)
            case (.ofResource, 2): try read(.ofScope, content, bytes)
            case (.resource, 1): try read(.attribute, content, bytes)
            case (.attribute, 1): isServiceName = Self.isServiceName(content, bytes)
            case (.attribute, 2) where isServiceName: try read(.value, content, bytes)
            case (.value, 1): addService(content)
            case (.ofScope, 1): try read(.scope, content, bytes)
            case (.ofScope, 2) where signal == nil: try read(.record, content, bytes)
            case (.scope, 1): addScope(content)
            case (.record, 1): signal = signal ?? .metrics
            default: break
            }
            cursor = ProtobufCursor(content.upperBound..<range.upperBound, in: bytes)
        }
    }

    /// Recognises a `LogRecord` by a field that neither a `Metric` nor a `Span` has in this form: the two times, the severity
    /// and the flags; and a `Span` by one that the others do not have: the kind and the two times.
    private mutating func note(_ field: ProtobufCursor.Field) {
        switch (field.number, field.wireType) {
        case (6, WireType.varint), (7, WireType.fixed64), (8, WireType.fixed64): (signal, hasSpans) = (nil, true)
        case (1, WireType.fixed64), (2, WireType.varint), (8, WireType.fixed32), (11, WireType.fixed64):
            signal = signal ?? .logs
        default: break
        }
    }

    private static let serviceName = Array("service.name".utf8)

    static func isServiceName(_ range: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
        guard range.count == serviceName.count else { return false }
        return range.allSatisfy { bytes[$0] == serviceName[$0 - range.lowerBound] }
    }
}
