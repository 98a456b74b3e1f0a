// SPDX-License-Identifier: Apache-2.0

/// Reads resources and scopes before their spans, even if they follow them in the body.
extension JSONTraceRequestReader {
    /// Finds the value of a member of the object at a cursor; the last one if the object has several.
    ///
    /// This leaves escapes in the body as they are, since the body is read once more.
    ///
    /// - Parameters:
    ///   - wanted: The member.
    ///   - cursor: Must be before the object.
    ///   - body: The body's bytes.
    /// - Returns: The range of the value; `nil` without such a member, and if the object is `null`.
    /// - Throws: ``OTLPError`` when the object is damaged.
    func valueRange(
        of wanted: JSONField, in cursor: JSONCursor, _ body: Span<UInt8>
    ) throws(OTLPError) -> Range<Int>? {
        var cursor = cursor
        var found: Range<Int>?
        guard try cursor.enterObject(in: body) else { return nil }
        while try cursor.nextMember(in: body) {
            let name = try cursor.name(in: body)
            _ = cursor.peek(in: body)
            let start = cursor.offset
            // The value is skipped here and read later from a deeper level, so its own nesting may be deeper here.
            try cursor.skipValue(in: body, maxDepth: JSONCursor.maxDepth + 64)
            if field(name, in: body) == wanted { found = start..<cursor.offset }
        }
        return found
    }

    /// The member that a name means; escapes of the name stay as they are in the body.
    private func field(_ name: JSONStringRange, in body: Span<UInt8>) -> JSONField? {
        guard name.isEscaped else { return names.field(ByteRange(offset: name.offset, length: name.length), in: body) }
        guard name.length <= Self.longestEscapedName else { return nil }
        var copy: [UInt8] = []
        for index in name.offset..<(name.offset + name.length) { copy.append(body[index]) }
        var bytes = copy.mutableSpan
        let text = bytes.unescape(JSONStringRange(offset: 0, length: name.length, isEscaped: true))
        return names.field(text, in: bytes.span)
    }

    /// The length, in bytes, of the longest known name with every character as an escape of six bytes.
    private static var longestEscapedName: Int { 6 * 24 }
}

extension JSONCursor {
    /// Steps over a value.
    ///
    /// If it has been read already, it may no longer be JSON.
    ///
    /// - Parameters:
    ///   - known: The range of the value that has been read already.
    ///   - bytes: The bytes.
    /// - Throws: ``OTLPError`` if it is another value, and damaged.
    mutating func stepOverValue(_ known: Range<Int>?, in bytes: Span<UInt8>) throws(OTLPError) {
        _ = peek(in: bytes)
        if let known, known.lowerBound == offset {
            offset = known.upperBound
        } else {
            try skipValue(in: bytes)
        }
    }
}

extension SpanBatch {
    /// Removes attributes that are no longer referred to, if they are the last ones.
    mutating func removeLast(_ range: AttributeRange) {
        guard range.count > 0, range.indices.upperBound == attributes.count else { return }
        attributes.removeLast(Int(range.count))
    }
}
