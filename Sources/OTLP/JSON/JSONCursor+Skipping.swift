// SPDX-License-Identifier: Apache-2.0

extension JSONCursor {
    /// The deepest nesting of a value that is skipped.
    static let maxDepth = 10_000

    /// Skips a value and everything nested in it, without recursion.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - maxDepth: The deepest nesting allowed.
    /// - Throws: ``OTLPError`` if it is not JSON or is nested more deeply.
    mutating func skipValue(in bytes: Span<UInt8>, maxDepth: Int = JSONCursor.maxDepth) throws(OTLPError) {
        var open = OpenBrackets()
        repeat {
            switch peek(in: bytes) {
            case JSONByte.quote: _ = try string(in: bytes)
            case JSONByte.openObject:
                try push(isObject: true, onto: &open, maxDepth)
                guard step(over: JSONByte.closeObject, in: bytes) else {
                    try skipName(in: bytes)
                    continue
                }
                open.pop()
            case JSONByte.openList:
                try push(isObject: false, onto: &open, maxDepth)
                guard step(over: JSONByte.closeList, in: bytes) else { continue }
                open.pop()
            case JSONByte.t: try stepOverLiteral("true", in: bytes)
            case JSONByte.f: try stepOverLiteral("false", in: bytes)
            case JSONByte.n: try stepOverLiteral("null", in: bytes)
            case JSONByte.minus, JSONByte.zero...JSONByte.nine: _ = try number(in: bytes)
            default: throw failure(.value)
            }
            try closeBrackets(&open, in: bytes)
        } while open.depth > 0
    }

    /// Behind a value: closes the brackets that end with it, and goes to the next value of the innermost other one.
    @inline(__always)
    private mutating func closeBrackets(_ open: inout OpenBrackets, in bytes: Span<UInt8>) throws(OTLPError) {
        while open.depth > 0 {
            let byte = peek(in: bytes)
            if byte == JSONByte.comma {
                offset += 1
                if open.isObject { try skipName(in: bytes) }
                return
            }
            guard byte == (open.isObject ? JSONByte.closeObject : JSONByte.closeList) else {
                throw failure(.commaOrBracket)
            }
            offset += 1
            open.pop()
        }
    }

    @inline(__always)
    private mutating func push(
        isObject: Bool, onto open: inout OpenBrackets, _ maxDepth: Int
    ) throws(OTLPError) {
        guard open.depth < maxDepth else { throw .jsonTooDeep(limit: maxDepth, offset: offset) }
        open.push(isObject: isObject)
        offset += 1
    }

    @inline(__always)
    private mutating func skipName(in bytes: Span<UInt8>) throws(OTLPError) {
        guard peek(in: bytes) == JSONByte.quote else { throw failure(.name) }
        _ = try name(in: bytes)
    }
}

/// The kinds of the brackets that are open, one bit each; memory is taken only beyond 64.
private struct OpenBrackets {
    private(set) var depth = 0
    private var kinds: UInt64 = 0
    private var outer: [UInt64] = []

    /// Whether the innermost one is an object's.
    var isObject: Bool { kinds & 1 == 1 }

    @inline(__always)
    mutating func push(isObject: Bool) {
        if depth & 63 == 0, depth > 0 { outer.append(kinds) }
        kinds = kinds << 1 | (isObject ? 1 : 0)
        depth += 1
    }

    @inline(__always)
    mutating func pop() {
        depth -= 1
        kinds >>= 1
        if depth & 63 == 0, let earlier = outer.popLast() { kinds = earlier }
    }
}
