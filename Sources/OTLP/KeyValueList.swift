// SPDX-License-Identifier: Apache-2.0

/// Reads a list of keys and values that is the value of an attribute, in protobuf.
///
/// - SeeAlso: `KeyValueList` in opentelemetry-proto 1.9.0, common/v1/common.proto.
package enum KeyValueList {
    /// Reads the members of a list.
    ///
    /// - Parameters:
    ///   - range: The range of an ``AttributeValue/structured(_:)`` value of a protobuf body.
    ///   - body: The body's bytes.
    ///   - most: The number of members after which reading stops.
    /// - Returns: The members; none if the value is damaged or something else.
    package static func members(
        at range: ByteRange, in body: Span<UInt8>, most: Int
    ) -> [(key: ByteRange, value: AttributeValue)] {
        var members: [(key: ByteRange, value: AttributeValue)] = []
        do throws(OTLPError) {
            var list = ProtobufCursor(range.bytes, in: body)
            while members.count < most, let field = try list.nextField(in: body) {
                guard field.number == 1, field.wireType == WireType.lengthDelimited else { return [] }
                let member = try list.content(in: body)
                guard let (key, value) = try keyAndValue(of: member, body), !key.isEmpty else { return [] }
                members.append((ByteRange(key), try AttributeValue(anyValueAt: value, in: body)))
            }
        } catch {
            return []
        }
        return members
    }

    private static func keyAndValue(
        of range: Range<Int>, _ body: Span<UInt8>
    ) throws(OTLPError) -> (key: Range<Int>, value: Range<Int>)? {
        var key = 0..<0
        var value = 0..<0
        var message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited): key = try message.content(in: body)
            case (2, WireType.lengthDelimited): value = try message.content(in: body)
            default: return nil
            }
        }
        return (key, value)
    }
}

extension AttributeValue {
    /// Reads an `AnyValue` without entering lists and maps.
    init(anyValueAt range: Range<Int>, in body: Span<UInt8>) throws(OTLPError) {
        self = .empty
        var message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited): self = .string(try ByteRange(message.content(in: body)))
            case (2, WireType.varint): self = .bool(try message.varint(in: body) != 0)
            case (3, WireType.varint): self = .int(Outside(Int64(bitPattern: try message.varint(in: body))))
            case (4, WireType.fixed64): self = .double(Outside(Double(bitPattern: try message.fixed64(in: body))))
            case (5, WireType.lengthDelimited), (6, WireType.lengthDelimited), (7, WireType.lengthDelimited):
                self = .structured(try ByteRange(message.content(in: body)))
            default: try message.skip(field, in: body)
            }
        }
    }
}
