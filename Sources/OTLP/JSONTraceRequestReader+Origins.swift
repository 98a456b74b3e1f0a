// SPDX-License-Identifier: Apache-2.0

/// Resources and scopes that are read before the spans they may stand behind.
extension JSONTraceRequestReader {
    /// The place of the value that a member of the object at a cursor has; of several the last, as everywhere.
    ///
    /// Nothing is written to the body: its text is read once more.
    ///
    /// - Parameters:
    ///   - wanted: What the member means.
    ///   - cursor: Stands before the object.
    ///   - body: The body's bytes.
    /// - Returns: The place; `nil` without such a member, and for `null` in place of the object.
    /// - Throws: ``OTLPError`` when the object is damaged.
    func place(
        of wanted: JSONField, in cursor: JSONCursor, _ body: Span<UInt8>
    ) throws(OTLPError) -> Range<Int>? {
        var cursor = cursor
        var found: Range<Int>?
        guard try cursor.enterObject(in: body) else { return nil }
        while try cursor.nextMember(in: body) {
            let name = try cursor.name(in: body)
            _ = cursor.peek(in: body)
            let start = cursor.offset
            // What is skipped here is read later, from further inside, where it may be that much deeper.
            try cursor.skipValue(in: body, maxDepth: JSONCursor.maxDepth + 64)
            if field(name, in: body) == wanted { found = start..<cursor.offset }
        }
        return found
    }

    /// What a name means, whose escapes stay as they are in the body.
    private func field(_ name: JSONText, in body: Span<UInt8>) -> JSONField? {
        guard name.isEscaped else { return names.field(ByteRange(offset: name.offset, length: name.length), in: body) }
        guard name.length <= Self.longestEscapedName else { return nil }
        var copy: [UInt8] = []
        for index in name.offset..<(name.offset + name.length) { copy.append(body[index]) }
        var bytes = copy.mutableSpan
        let text = bytes.unescape(JSONText(offset: 0, length: name.length, isEscaped: true))
        return names.field(text, in: bytes.span)
    }

    /// Every character of the longest name that means something, as an escape of six bytes.
    private static var longestEscapedName: Int { 6 * 24 }
}

extension JSONCursor {
    /// Steps over a value that may be the one that was read before, and is no JSON any more then.
    ///
    /// - Parameters:
    ///   - known: The place of what was read.
    ///   - bytes: The bytes.
    /// - Throws: ``OTLPError`` when another value is damaged.
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
    /// Forgets attributes that nothing refers to any more, if they are the last ones.
    mutating func removeLast(_ range: AttributeRange) {
        guard range.count > 0, range.indices.upperBound == attributes.count else { return }
        attributes.removeLast(Int(range.count))
    }
}
