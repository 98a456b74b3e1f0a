// SPDX-License-Identifier: Apache-2.0
import OTLP
import TestData
import Testing

@Suite struct JSONTraceRequestReaderTests {
    private static let ids = #""traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708""#

    /// A request with one span that has these members beside its ids.
    private static func request(_ members: String, resource: String = "{}") -> String {
        #"{"resourceSpans":[{"resource":\#(resource),"scopeSpans":[{"spans":[{\#(ids)\#(members)}]}]}]}"#
    }

    private static func read(_ text: String) throws(OTLPError) -> (batch: SpanBatch, body: [UInt8]) {
        var (batch, body) = (SpanBatch(), Array(text.utf8))
        var bytes = body.mutableSpan
        try JSONTraceRequestReader(keys: FirstReader.table(["a", "k"]), events: FirstReader.table(["e"]))
            .read(&bytes, into: &batch)
        return (batch, body)
    }

    /// The attribute `k` of a span with this `AnyValue`.
    private static func value(_ json: String) throws -> AttributeValue {
        let batch = try read(request(#","attributes":[{"key":"k","value":\#(json)}]"#)).batch
        return try #require(batch.spans[0].attributes.indices.map { batch.attributes[$0].value }.first)
    }

    /// The text of an attribute whose `stringValue` is written like this.
    private static func text(_ json: String) throws -> String? {
        let (batch, body) = try read(request(#","attributes":[{"key":"k","value":{"stringValue":\#(json)}}]"#))
        guard case .string(let range)? = batch.attributes.first?.value else { return nil }
        return range.text(in: body.span)
    }

    @Test(
        arguments: [
            (#"{"intValue":"12"}"#, .int(12)), (#"{"intValue":12}"#, .int(12)), (#"{"int_value":-0}"#, .int(0)),
            (#"{"intValue":"-9223372036854775808"}"#, .int(Outside(.min))),
            (#"{"intValue":9223372036854775807}"#, .int(Outside(.max))),
            (#"{"intValue":9223372036854775808}"#, .double(9_223_372_036_854_775_808.0)),
            (#"{"intValue":1.0}"#, .int(1)), (#"{"intValue":1e3}"#, .int(1_000)),
            (#"{"intValue":"15E-1"}"#, .double(1.5)),
            (#"{"intValue":12.50e+1}"#, .int(125)), (#"{"intValue":0.0e99999999999999999999}"#, .int(0)),
            (#"{"intValue":1e99999999999999999999}"#, .double(Outside(.infinity))),
            (#"{"intValue":"\u0031"}"#, .int(1)),
            (#"{"intValue":""}"#, .empty), (#"{"intValue":"1 "}"#, .empty), (#"{"intValue":null}"#, .empty),
            (#"{"intValue":true}"#, .empty), (#"{"intValue":"x"}"#, .empty), (#"{"intValue":[1]}"#, .empty),
            (#"{"doubleValue":0.1}"#, .double(0.1)), (#"{"doubleValue":"-2.5e-3"}"#, .double(-2.5e-3)),
            (#"{"doubleValue":3}"#, .double(3)), (#"{"doubleValue":1e-400}"#, .double(0)),
            (#"{"doubleValue":5e-324}"#, .double(Outside(.leastNonzeroMagnitude))),
            (#"{"doubleValue":1.7976931348623157e308}"#, .double(Outside(.greatestFiniteMagnitude))),
            (#"{"doubleValue":123456789012345678901234567890}"#, .double(123_456_789_012_345_677_877_719_597_056.0)),
            (#"{"doubleValue":"Infinity"}"#, .double(Outside(.infinity))),
            (#"{"doubleValue":"-Infinity"}"#, .double(Outside(-.infinity))),
            (#"{"doubleValue":"infinite?"}"#, .empty), (#"{"boolValue":true}"#, .bool(true)),
            (#"{"bool_value":false}"#, .bool(false)), (#"{"boolValue":"true"}"#, .empty), (#"{}"#, .empty),
            (#"null"#, .empty), (#"{"other":{"intValue":1}}"#, .empty), (#"{"stringValue":1}"#, .empty),
            (#"{"arrayValue":null}"#, .empty), (#"{"intValue":1,"intValue":2}"#, .int(2)),
            // Members that are not set, as serializers write them that write every member.
            (#"{"intValue":"1000","doubleValue":null}"#, .int(1_000)),
            (#"{"boolValue":true,"bytesValue":null}"#, .bool(true)),
            (#"{"stringValue":null,"intValue":7,"kvlistValue":null,"arrayValue":null}"#, .int(7)),
            (#"{"intValue":7,"other":{"intValue":1}}"#, .int(7)),
            (#"{"stringValue":"x","boolValue":true}"#, .bool(true)),
        ] as [(String, AttributeValue)])
    func `a value is read in each form that senders give it`(json: String, value: AttributeValue) throws {
        #expect(try Self.value(json) == value)
    }

    @Test func `what is no number is told apart from numbers`() throws {
        guard case .double(let number) = try Self.value(#"{"doubleValue":"NaN"}"#) else {
            Issue.record("no double")
            return
        }
        #expect(number.asSent.isNaN)
    }

    @Test(arguments: [#"{"arrayValue":{"values":[1]}}"#, #"{"kvlistValue":{}}"#, #"{"bytesValue":"AA=="}"#])
    func `lists, maps and bytes stay as they were sent`(json: String) throws {
        guard case .structured = try Self.value(json) else {
            Issue.record("entered")
            return
        }
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func `numbers come out as the standard library reads them`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for number in [Double(bitPattern: random.next()), Double.random(in: -1e6...1e6, using: &random)]
        where number.isFinite {
            #expect(try Self.value(#"{"doubleValue":\#(number)}"#) == .double(Outside(number)))
        }
        let whole = Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random)
        #expect(try Self.value(#"{"intValue":"\#(whole)"}"#) == .int(Outside(whole)))
        #expect(try Self.value(#"{"intValue":\#(whole).000}"#) == .int(Outside(whole)))
        let time = random.next()
        let batch = try Self.read(Self.request(#","startTimeUnixNano":\#(time),"endTimeUnixNano":"\#(time)""#)).batch
        #expect(batch.spans[0].startNanoseconds.asSent == time && batch.spans[0].endNanoseconds.asSent == time)
    }

    @Test(
        arguments: [
            (#""""#, ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""gr\u00fc\u00DFe""#, "grüße"),
            (#""\u65e5\u672c""#, "日本"), (#""\ud83d\ude42!""#, "🙂!"), (#""a\ud83d""#, "a\u{FFFD}"),
            (#""\ude42\ud83dx""#, "\u{FFFD}\u{FFFD}x"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
            (#""\ud83d\ud83d\ude42""#, "\u{FFFD}🙂"), (#""nul\u0000""#, "nul\0"), ("\"a\nb\"", "a\nb"),
            (
                #""long enough for words: \n and on it goes, quote \" and so on, until here""#,
                "long enough for words: \n and on it goes, quote \" and so on, until here"
            ),
        ])
    func `escapes become what they mean`(json: String, text: String) throws {
        #expect(try Self.text(json) == text)
    }

    @Test func `bytes that are no UTF-8 become replacement characters`() throws {
        var body = Array(Self.request(#","name":"a~b""#).utf8)
        body[try #require(body.firstIndex(of: UInt8(ascii: "~")))] = 0xFF
        var batch = SpanBatch()
        var bytes = body.mutableSpan
        try JSONTraceRequestReader(keys: AttributeKeys()).read(&bytes, into: &batch)
        #expect(batch.spans[0].name.text(in: body.span) == "a\u{FFFD}b")
    }

    @Test(arguments: [
        #""traceId":"AQIDBAUGBwgJCgsMDQ4PEA==","spanId":"AQIDBAUGBwg=""#, #""spanId":"0102030405060708""#,
        #""traceId":"0102030405060708090a0b0c0d0e0f1g","spanId":"0102030405060708""#,
        #""traceId":"00000000000000000000000000000000","spanId":"0102030405060708""#,
        #""traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"01020304050607""#,
        #""traceId":1,"spanId":null"#,
    ])
    func `a span without identity is refused and the others are kept`(ids: String) throws {
        let bad = #"{\#(ids),"attributes":[{"key":"k","value":{}}],"events":[{"name":"e"}]}"#
        let batch = try Self.read(Self.request("}," + bad.dropLast())).batch
        #expect(batch.refused.total == 1)
        #expect(batch.spans.count == 1)
        #expect(batch.attributes.isEmpty && batch.events.isEmpty)
    }

    @Test func `a value may come before its key, and a name may be escaped`() throws {
        let members = #","\u0061ttributes":[{"value":{"stringValue":"\u0031\n"},"\u006bey":"\u006b"}]"#
        let (batch, body) = try Self.read(Self.request(members))
        guard case .string(let range)? = batch.attributes.first?.value else {
            Issue.record("no text")
            return
        }
        #expect(range.text(in: body.span) == "1\n")
    }

    @Test func `of single values the last holds, and lists add up`() throws {
        let one = #"{"key":"k","value":{"intValue":1}}"#
        let (batch, body) = try Self.read(
            Self.request(#","name":"x","name":"y","attributes":[\#(one)],"attributes":[\#(one),\#(one)]"#))
        #expect(batch.spans[0].name.text(in: body.span) == "y")
        #expect(batch.spans[0].attributes.indices.count == 3)
    }

    @Test func `a resource says where its object lies`() throws {
        let resource = #"{ "attributes": [{"key":"k"}] }"#
        let (batch, body) = try Self.read(Self.request("", resource: resource))
        #expect(batch.resources[0].content.text(in: body.span) == resource)
        #expect(batch.resources[0].attributes.indices.count == 1)
    }

    @Test func `events keep their own attributes, wherever they stand`() throws {
        let events =
            #","events":[{"attributes":[{"key":"a","value":{"stringValue":"\t"}}],"name":"\u0065"},{"name":"e"}]"#
        let (batch, body) = try Self.read(Self.request(events + #","attributes":[{"key":"k"}]"#))
        #expect(batch.events.count == 1)
        #expect(batch.spans[0].attributes.indices.map { batch.attributes[$0].key } == [1])
        guard case .string(let range)? = batch.events[0].attributes.indices.map({ batch.attributes[$0].value }).first
        else {
            Issue.record("no text")
            return
        }
        #expect(range.text(in: body.span) == "\t")
    }

    @Test func `more spans than allowed are refused as a whole`() {
        var (batch, body) = (SpanBatch(), Array(Self.request("},{" + Self.ids).utf8))
        var bytes = body.mutableSpan
        #expect(throws: OTLPError.tooManySpans(limit: 1)) {
            try JSONTraceRequestReader(keys: AttributeKeys(), maxSpans: 1).read(&bytes, into: &batch)
        }
    }
}
