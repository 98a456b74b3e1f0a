// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Splits an `ExportTraceServiceRequest` into requests of one span each that keep resource and scope.
package enum SingleSpanBodies {
    /// Splits a body.
    ///
    /// - Parameters:
    ///   - body: A request in protobuf or JSON, not compressed.
    ///   - isJSON: Whether it is JSON.
    /// - Returns: Requests in the same form, in the order of the spans.
    /// - Throws: ``Unreadable``, or what `JSONSerialization` throws.
    package static func split(_ body: [UInt8], isJSON: Bool) throws -> [[UInt8]] {
        guard isJSON else {
            // ExportTraceServiceRequest.resource_spans, ResourceSpans.scope_spans, ScopeSpans.spans.
            return try split(body[...], along: [1, 2, 2])
        }
        guard let request = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] else {
            throw Unreadable()
        }
        return try split(request, along: ["resourceSpans", "scopeSpans", "spans"]).map {
            Array(try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys))
        }
    }

    private static func split(_ object: [String: Any], along path: ArraySlice<String>) -> [[String: Any]] {
        guard let key = path.first else { return [object] }
        let children = object[key] as? [[String: Any]] ?? []
        return children.flatMap { split($0, along: path.dropFirst()) }.map { object.merging([key: [$0]]) { $1 } }
    }

    private static func split(_ message: ArraySlice<UInt8>, along path: ArraySlice<UInt64>) throws -> [[UInt8]] {
        guard let number = path.first else { return [Array(message)] }
        let fields = try fields(of: message)
        let others = fields.filter { $0.number != number }.flatMap(\.whole)
        let tag = varint(number << 3 | 2)
        var messages: [[UInt8]] = []
        for field in fields where field.number == number {
            for child in try split(field.content, along: path.dropFirst()) {
                messages.append(others + tag + varint(UInt64(child.count)) + child)
            }
        }
        return messages
    }

    private struct Field {
        var number: UInt64
        /// The bytes with tag and length.
        var whole: ArraySlice<UInt8>
        /// The bytes without them; empty when the field has no length.
        var content: ArraySlice<UInt8>
    }

    private static func fields(of message: ArraySlice<UInt8>) throws(Unreadable) -> [Field] {
        var rest = message
        var fields: [Field] = []
        while !rest.isEmpty {
            let start = rest.startIndex
            let tag = try readVarint(&rest)
            var content: ArraySlice<UInt8> = []
            switch tag & 7 {
            case 0: _ = try readVarint(&rest)
            case 1: _ = try take(8, from: &rest)
            case 2: content = try take(readVarint(&rest), from: &rest)
            case 5: _ = try take(4, from: &rest)
            default: throw Unreadable()
            }
            fields.append(Field(number: tag >> 3, whole: message[start..<rest.startIndex], content: content))
        }
        return fields
    }

    private static func take(
        _ count: UInt64, from rest: inout ArraySlice<UInt8>
    ) throws(Unreadable) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw Unreadable() }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }

    private static func readVarint(_ rest: inout ArraySlice<UInt8>) throws(Unreadable) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst(), shift < 64 {
            value |= UInt64(byte & 0x7F) << shift
            guard byte & 0x80 != 0 else { return value }
            shift += 7
        }
        throw Unreadable()
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}

/// A body that is no `ExportTraceServiceRequest`.
package struct Unreadable: Error {}
