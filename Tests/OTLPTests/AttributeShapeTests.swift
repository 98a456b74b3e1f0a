// SPDX-License-Identifier: Apache-2.0
import OTLP
import TestData
import Testing

/// One attribute in all the ways in which it may be written.
@Suite struct AttributeShapeTests {
    private static let writer = TraceRequestWriter()
    private static let key = "gen_ai.usage.input_tokens"

    /// Reads attributes of a span, each the content of its field, between two plain ones.
    private static func read(_ contents: [[UInt8]]) throws(OTLPError) -> [AttributeValue] {
        let plain = writer.field(1, Array(key.utf8)) + writer.field(2, writer.value(.int(7)))
        let span = TraceRequestWriter.Span(traceID: [UInt8](1...16), spanID: [UInt8](1...8))
        let fields = ([plain] + contents + [plain]).flatMap { writer.field(9, $0) }
        let body = writer.field(1, writer.field(2, writer.field(2, writer.span(span) + fields)))
        var keys = AttributeKeys()
        _ = keys.id(of: key)
        var batch = SpanBatch()
        try TraceRequestReader(keys: keys).read(body.span, into: &batch)
        let values = batch.spans[0].attributes.indices.map { batch.attributes[$0].value }
        #expect(values.first == .int(7))
        #expect(values.last == .int(7))
        return Array(values.dropFirst().dropLast())
    }

    /// A length-delimited field whose length takes a byte more than it needs.
    private static func wideField(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
        writer.tag(number, 2) + [UInt8(content.count) | 0x80, 0] + content
    }

    @Test func `an attribute is the same in each order, with repeated fields, and with lengths of any width`() throws {
        let w = Self.writer
        let (name, value) = (w.field(1, Array(Self.key.utf8)), w.field(2, w.value(.int(300))))
        let other = w.field(1, Array("other".utf8))
        let wideName = Self.wideField(1, Array(Self.key.utf8))
        let shapes = [
            name + value, value + name, other + name + value, name + value + name, name + w.field(2, []) + value,
            name + value + w.field(9, [1, 2, 3]), w.tag(7, 0) + w.varint(5) + name + value, wideName + value,
            name + Self.wideField(2, w.value(.int(300))), Self.wideField(9, []) + wideName + value,
        ]
        let values = try Self.read(shapes)
        #expect(values == [AttributeValue](repeating: .int(300), count: shapes.count))
    }

    @Test(arguments: [0, 1, 5, 94, 95, 96, 97, 98, 99, 100, 123, 124, 125, 126, 127, 128, 129, 300])
    func `a text of any length is found where it lies`(length: Int) throws {
        let w = Self.writer
        let text = w.field(1, [UInt8](repeating: 0x74, count: length))
        let values = try Self.read([w.field(1, Array(Self.key.utf8)) + w.field(2, text)])
        guard case .string(let range)? = values.first else {
            Issue.record("no text")
            return
        }
        #expect(Int(range.length) == length)
    }

    @Test(arguments: 0..<64 as Range<UInt64>)
    func `a number of any width is read, also with bytes that it does not need`(bits: UInt64) throws {
        let number = Int64(bitPattern: UInt64.max >> bits)
        let w = Self.writer
        let plain = w.tag(3, 0) + w.varint(UInt64(bitPattern: number))
        var wide = plain
        if wide.count < 11 {
            wide[wide.count - 1] |= 0x80
            wide.append(0)
        }
        let name = w.field(1, Array(Self.key.utf8))
        #expect(
            try Self.read([name + w.field(2, plain), name + w.field(2, wide)]) == [
                .int(Outside(number)), .int(Outside(number)),
            ])
    }

    @Test func `of several values in one the last counts`() throws {
        let w = Self.writer
        let name = w.field(1, Array(Self.key.utf8))
        let values = [
            w.value(.int(1)) + w.value(.double(0.5)), w.value(.string("a")) + w.value(.int(2)),
            w.value(.bool(false)) + w.value(.bool(true)), w.value(.int(1)) + w.field(9, [1]), w.field(9, [1]), [],
        ]
        let read = try Self.read(values.map { name + w.field(2, $0) })
        #expect(read == [.double(0.5), .int(2), .bool(true), .int(1), .empty, .empty])
    }

    @Test(arguments: [15, 16, 17, 33, 200])
    func `any number of attributes keeps its order`(count: Int) throws {
        let w = Self.writer
        let values = (0..<count).map { AttributeValue.int(Outside(Int64($0))) }
        let name = w.field(1, Array(Self.key.utf8))
        #expect(try Self.read((0..<count).map { name + w.field(2, w.value(.int(Int64($0)))) }) == values)
    }

    @Test(
        arguments: [
            ([0x18], .truncated(offset: 1)), ([0x18, 0x80], .truncated(offset: 1)),
            ([0x18] + [UInt8](repeating: 0xFF, count: 11), .varintTooLong(offset: 1)),
            ([0x0A, 0x05, 0x00], .truncated(offset: 1)), ([0x21, 0x00], .truncated(offset: 1)),
            ([0x0B, 0x00], .unsupportedWireType(3, offset: 0)), ([0x00, 0x00], .invalidFieldNumber(offset: 0)),
        ] as [([UInt8], OTLPError)])
    func `a damaged value says where, counted from the body's beginning`(value: [UInt8], error: OTLPError) {
        // One span with one attribute: five tags with their lengths and a key of a byte stand before the value.
        let w = Self.writer
        let attribute = w.field(9, w.field(1, [0x61]) + w.field(2, value))
        let body = w.field(1, w.field(2, w.field(2, attribute)))
        var keys = AttributeKeys()
        _ = keys.id(of: "a")
        var batch = SpanBatch()
        let start = body.count - value.count
        #expect(throws: error.moved(by: start)) { try TraceRequestReader(keys: keys).read(body.span, into: &batch) }
    }
}

extension OTLPError {
    fileprivate func moved(by bytes: Int) -> OTLPError {
        switch self {
        case .truncated(let offset): .truncated(offset: offset + bytes)
        case .varintTooLong(let offset): .varintTooLong(offset: offset + bytes)
        case .invalidFieldNumber(let offset): .invalidFieldNumber(offset: offset + bytes)
        case .unsupportedWireType(let type, let offset): .unsupportedWireType(type, offset: offset + bytes)
        default: self
        }
    }
}
