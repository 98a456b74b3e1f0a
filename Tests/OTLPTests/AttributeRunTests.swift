// SPDX-License-Identifier: Apache-2.0
import TestData
import Testing

@testable import OTLP

/// What runs of attributes take, and what ends them; that they read what they take rightly, other suites show.
@Suite struct AttributeRunTests {
    private static let keys: AttributeKeyTable = {
        var keys = AttributeKeys()
        for name in ["wanted.key", "a.wanted.key.that.is.longer.than.32.bytes"] { _ = keys.id(of: name) }
        return AttributeKeyTable(keys)
    }()

    private static let long = "a.wanted.key.that.is.longer.than.32.bytes"

    /// The content of an attribute of a span.
    private static func attribute(_ key: String, _ value: TraceRequestWriter.Value) -> [UInt8] {
        let writer = TraceRequestWriter()
        return writer.field(9, writer.field(1, Array(key.utf8)) + writer.field(2, writer.value(value)))
    }

    @Test(
        arguments: [
            .int(7), .int(300), .int(3_000_000), .int(.max), .bool(true), .bool(false), .double(0.5),
            .string("some text"),
            .string(""), .string(String(repeating: "t", count: 127)), .string(String(repeating: "t", count: 128)),
            .string(String(repeating: "t", count: 20_000)),
        ] as [TraceRequestWriter.Value])
    func `a run takes numbers, flags and texts of any width, wanted or not`(value: TraceRequestWriter.Value) {
        let names = ["wanted.key", "unwanted.key", Self.long, Self.long.uppercased()]
        let bytes = names.flatMap { Self.attribute($0, value) }
        var message = ProtobufCursor(0..<bytes.count, in: bytes.span)
        var batch = SpanBatch()
        #expect(batch.readRun(after: 9 << 3 | 2, of: &message, bytes.span, Self.keys, room: 16) == 2)
        #expect(message.offset == bytes.count)
        #expect(batch.attributes.map(\.key) == [0, 1])
        #expect(batch.attributes.map { $0.keyRange.text(in: bytes.span) } == ["wanted.key", Self.long])
    }

    @Test(arguments: [
        ([0x2A, 0x00], 0), ([0x18] + [UInt8](repeating: 0xFF, count: 9) + [1], 0), ([0x18, 1, 0x18, 2], 0),
    ])
    func `a run ends before a value that is written in another way`(value: [UInt8], count: Int) {
        let writer = TraceRequestWriter()
        let before = Self.attribute("unwanted.key", .int(1))
        let odd = writer.field(9, writer.field(1, Array("wanted.key".utf8)) + writer.field(2, value))
        let bytes = before + odd
        var message = ProtobufCursor(0..<bytes.count, in: bytes.span)
        var batch = SpanBatch()
        #expect(batch.readRun(after: 9 << 3 | 2, of: &message, bytes.span, Self.keys, room: 16) == count)
        #expect(message.offset == before.count)
    }

    /// Reads a run of JSON attributes up to the bracket behind them.
    private static func readJSON(_ attributes: [String]) -> (batch: SpanBatch, rest: String) {
        let bytes = Array((attributes.joined(separator: ",") + "]}]}]}").utf8)
        var cursor = JSONCursor(0..<bytes.count, of: bytes.span)
        var batch = SpanBatch()
        #expect(batch.readRun(of: &cursor, bytes.span, Self.keys) == (cursor.offset > 0))
        return (batch, String(decoding: bytes[cursor.offset...], as: UTF8.self))
    }

    @Test(
        arguments: [
            (#"{"stringValue":"text"}"#, nil), (#"{"stringValue":""}"#, nil), (#"{"intValue":"1234567"}"#, 1_234_567),
            (#"{"intValue":"0"}"#, 0), (#"{"intValue":12}"#, 12),
            (#"{"intValue":123456789012345678}"#, 123_456_789_012_345_678),
        ] as [(String, Int64?)])
    func `a run of JSON takes texts and whole numbers, in quotes or without`(value: String, number: Int64?) {
        let names = ["wanted.key", "unwanted.key", Self.long]
        let (batch, rest) = Self.readJSON(names.map { #"{"key":"\#($0)","value":\#(value)}"# })
        #expect(rest == "]}]}]}")
        #expect(batch.attributes.map(\.key) == [0, 1])
        for attribute in batch.attributes {
            switch attribute.value {
            case .int(let found): #expect(found.asSent == number)
            case .string: #expect(number == nil)
            default: Issue.record("another value")
            }
        }
    }

    @Test(
        arguments: [
            #"{"doubleValue":0.7}"#, #"{"doubleValue":0}"#, #"{"doubleValue":12.25}"#,
            #"{"arrayValue":{"values":[{"stringValue":"stop"}]}}"#,
            #"{"arrayValue":{"values":[{"stringValue":""},{"stringValue":"two"}]}}"#,
        ])
    func `a run of JSON passes over fractions and lists of texts that nobody wants`(value: String) {
        let attributes = [
            #"{"key":"unwanted.key","value":\#(value)}"#, #"{"key":"wanted.key","value":{"intValue":1}}"#,
        ]
        let (batch, rest) = Self.readJSON(attributes)
        #expect(batch.attributes.count == 1)
        #expect(rest.hasPrefix("]"))
    }

    @Test(
        arguments: [
            #"{"key": "wanted.key","value":{"intValue":1}}"#, #"{"key":"wanted.key","value":{"intValue":01}}"#,
            #"{"key":"wanted.key","value":{"intValue":"1}}"#, #"{"key":"wanted.key","value":{"intValue":-1}}"#,
            #"{"key":"wanted.key","value":{"stringValue":"a\"b"}}"#,
            #"{"key":"wanted\u002Ekey","value":{"intValue":1}}"#,
            #"{"key":"wanted.key","value":{"intValue":1},"value":{}}"#,
            #"{"key":"wanted.key","value":{"doubleValue":0.5}}"#,
            #"{"key":"unwanted.key","value":{"doubleValue":.5}}"#,
            #"{"key":"unwanted.key","value":{"doubleValue":5.}}"#,
            #"{"key":"wanted.key","value":{"intValue":1234567890123456789}}"#,
            #"{"value":{"intValue":1},"key":"wanted.key"}"#,
            #"{"key":"unwanted.key","value":{"arrayValue":{"values":[]}}}"#,
            #"{"key":"unwanted.key","value":{"arrayValue":{"values":[{"stringValue":"a\n"}]}}}"#,
            #"{"key":"unwanted.key","value":{"arrayValue":{"values":[{"stringValue":"a"},]}}}"#,
            #"{"key":"unwanted.key","value":{"arrayValue":{"values":[{"stringValue":"a"}],"x":1}}}"#,
            #"{"key":"unwanted.key","value":{"arrayValue":{"values":[{"stringValue":"a"}}}}"#,
            #"{"key":"unwanted.key","value":{"arrayValue":{"values":[{"intValue":1}]}}}"#,
            #"{"key":"wanted.key","value":{"arrayValue":{"values":[{"stringValue":"a"}]}}}"#,
            #"{"key":"wanted.key","value":null}"#, #"{"key":"wanted.key","value":{"intValue":}}"#,
        ])
    func `a run of JSON ends before an attribute that is written in another way`(attribute: String) {
        let plain = #"{"key":"wanted.key","value":{"intValue":1}}"#
        let (batch, rest) = Self.readJSON([plain, attribute, plain])
        #expect(batch.attributes.count == 1)
        #expect(rest.hasPrefix(",\(attribute),"))
    }
}
