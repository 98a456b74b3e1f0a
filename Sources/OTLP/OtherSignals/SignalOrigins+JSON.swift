// SPDX-License-Identifier: Apache-2.0

extension SignalOrigins {
    /// Reads the beginning of an `ExportMetricsServiceRequest` or `ExportLogsServiceRequest` in JSON.
    ///
    /// The positions are those of the texts as written, with their escapes; see ``unescaped(_:in:)``.
    ///
    /// - Parameter bytes: The body, or its first bytes.
    package init(json bytes: Span<UInt8>) {
        self.init()
        var cursor = JSONCursor(0..<bytes.count, of: bytes)
        try? readRequest(&cursor, bytes)
    }

    /// The text of a name, with characters in place of its escapes.
    ///
    /// - Parameters:
    ///   - name: The position of a name in JSON.
    ///   - bytes: The bytes that it was read from.
    /// - Returns: The bytes of the text; `nil` if it has no escape.
    package static func unescaped(_ name: ByteRange, in bytes: Span<UInt8>) -> [UInt8]? {
        let range = name.bytes
        guard range.contains(where: { bytes[$0] == JSONByte.backslash }) else { return nil }
        var text = range.map { bytes[$0] }
        var span = text.mutableSpan
        let length = span.unescape(JSONStringRange(offset: 0, length: range.count, isEscaped: true)).bytes.count
        return Array(text[..<length])
    }

    private mutating func readRequest(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(OTLPError) {
        guard try cursor.enterObject(in: bytes) else { return }
        while try cursor.nextMember(in: bytes) {
            switch Name(try cursor.name(in: bytes), bytes) {
            case .resourceMetrics:
                signal = .metrics
                try readResources(&cursor, bytes)
            case .resourceLogs:
                signal = .logs
                try readResources(&cursor, bytes)
            case .resourceSpans:
                hasSpans = true
                return
            default: try cursor.skipValue(in: bytes)
            }
        }
    }

    private mutating func readResources(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(OTLPError) {
        guard try cursor.enterList(in: bytes) else { return }
        while try cursor.nextElement(in: bytes), try cursor.enterObject(in: bytes) {
            while try cursor.nextMember(in: bytes) {
                switch Name(try cursor.name(in: bytes), bytes) {
                case .resource: try readResource(&cursor, bytes)
                case .scopeMetrics, .scopeLogs: try readScopes(&cursor, bytes)
                default: try cursor.skipValue(in: bytes)
                }
            }
        }
    }

    private mutating func readResource(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(OTLPError) {
        guard try cursor.enterObject(in: bytes) else { return }
        while try cursor.nextMember(in: bytes) {
            guard Name(try cursor.name(in: bytes), bytes) == .attributes else {
                try cursor.skipValue(in: bytes)
                continue
            }
            guard try cursor.enterList(in: bytes) else { continue }
            while try cursor.nextElement(in: bytes) { try readAttribute(&cursor, bytes) }
        }
    }

    private mutating func readAttribute(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(OTLPError) {
        guard try cursor.enterObject(in: bytes) else { return }
        var (isService, value) = (false, Range<Int>?.none)
        while try cursor.nextMember(in: bytes) {
            switch Name(try cursor.name(in: bytes), bytes) {
            case .key:
                isService = try Self.text(&cursor, bytes).map { Self.isServiceName($0, bytes) } ?? false
            case .value: value = try Self.text(of: .stringValue, &cursor, bytes)
            default: try cursor.skipValue(in: bytes)
            }
        }
        if isService, let value { addService(value) }
    }

    private mutating func readScopes(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(OTLPError) {
        guard try cursor.enterList(in: bytes) else { return }
        while try cursor.nextElement(in: bytes), try cursor.enterObject(in: bytes) {
            while try cursor.nextMember(in: bytes) {
                guard Name(try cursor.name(in: bytes), bytes) == .scope else {
                    try cursor.skipValue(in: bytes)
                    continue
                }
                if let name = try Self.text(of: .name, &cursor, bytes) { addScope(name) }
            }
        }
    }

    /// The text of one member of the object at the cursor, which is behind the object afterwards.
    private static func text(
        of wanted: Name, _ cursor: inout JSONCursor, _ bytes: Span<UInt8>
    ) throws(OTLPError) -> Range<Int>? {
        var found: Range<Int>?
        guard try cursor.enterObject(in: bytes) else { return nil }
        while try cursor.nextMember(in: bytes) {
            if Name(try cursor.name(in: bytes), bytes) == wanted {
                found = try text(&cursor, bytes)
            } else {
                try cursor.skipValue(in: bytes)
            }
        }
        return found
    }

    /// The string at the cursor; `nil` for any other value, which is stepped over.
    private static func text(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(OTLPError) -> Range<Int>? {
        guard cursor.peek(in: bytes) == JSONByte.quote else {
            try cursor.skipValue(in: bytes)
            return nil
        }
        let text = try cursor.string(in: bytes)
        return text.offset..<(text.offset + text.length)
    }

    /// The names of members that are read.
    private enum Name: String {
        case resourceMetrics, resourceLogs, resourceSpans, resource, attributes, key, value, stringValue, scopeMetrics,
            scopeLogs,
            scope
        case name

        init?(_ range: JSONStringRange, _ bytes: Span<UInt8>) {
            guard range.length <= Self.longest else { return nil }
            self.init(rawValue: ByteRange(offset: range.offset, length: range.length).text(in: bytes))
        }

        private static let longest = "resourceMetrics".utf8.count
    }
}
