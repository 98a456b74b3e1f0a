// SPDX-License-Identifier: Apache-2.0
import OTLP
import TestData
import Testing

/// What is JSON, what is none, and that nothing traps.
@Suite struct JSONStructureTests {
    private static func read(_ body: [UInt8]) throws(OTLPError) -> [String] {
        try FirstReader.readJSON(body, wanting: ["a", "k", "gen_ai.system"], events: RandomRequest.eventNames)
    }

    @Test(
        arguments: [
            "{}", " {\r\n\t} ", "\u{FEFF}{}", #"{"resourceSpans":null}"#, #"{"resourceSpans":[null,{}]}"#,
            #"{"resourceMetrics":[{"a":[1,-0.5E+1,[],{},"",true,false,null]}]}"#,
            #"{"resource_spans":[{"resource":null,"scope_spans":[{"scope":null,"spans":[null]}]}]}"#,
        ])
    func `a request may have no spans`(text: String) throws {
        #expect(try Self.read(Array(text.utf8)).isEmpty)
    }

    @Test(
        arguments: [
            ("", .jsonEmpty), (" \n", .jsonEmpty), ("\u{FEFF}", .jsonEmpty),
            ("null", .jsonUnexpected(.object, offset: 0)),
            ("[]", .jsonUnexpected(.object, offset: 0)), ("\0", .jsonUnexpected(.object, offset: 0)),
            ("{}x", .jsonUnexpected(.end, offset: 2)), ("{} {}", .jsonUnexpected(.end, offset: 3)),
            ("{}\0", .jsonUnexpected(.end, offset: 2)), ("{,}", .jsonUnexpected(.name, offset: 1)),
            (#"{"a":1,}"#, .jsonUnexpected(.name, offset: 7)), (#"{"a" 1}"#, .jsonUnexpected(.colon, offset: 5)),
            (#"{"a":}"#, .jsonUnexpected(.value, offset: 5)), (#"{"a":[1,]}"#, .jsonUnexpected(.value, offset: 8)),
            (#"{"a":[,1]}"#, .jsonUnexpected(.value, offset: 6)),
            (#"{"a":[1}"#, .jsonUnexpected(.commaOrBracket, offset: 7)),
            (#"{"a":{"b":1]}"#, .jsonUnexpected(.commaOrBracket, offset: 11)),
            (#"{"a":1 2}"#, .jsonUnexpected(.commaOrBracket, offset: 7)),
            (#"{"a":01}"#, .jsonUnexpected(.number, offset: 5)), (#"{"a":-}"#, .jsonUnexpected(.number, offset: 6)),
            (#"{"a":1.}"#, .jsonUnexpected(.number, offset: 7)), (#"{"a":1e}"#, .jsonUnexpected(.number, offset: 7)),
            (#"{"a":+1}"#, .jsonUnexpected(.value, offset: 5)), (#"{"a":.5}"#, .jsonUnexpected(.value, offset: 5)),
            (#"{"a":NaN}"#, .jsonUnexpected(.value, offset: 5)), (#"{"a":nul}"#, .jsonUnexpected(.value, offset: 5)),
            (#"{"a":truex}"#, .jsonUnexpected(.commaOrBracket, offset: 9)),
            (#"{"a":"\x"}"#, .jsonUnexpected(.escape, offset: 6)),
            (#"{"a":"\u12g4"}"#, .jsonUnexpected(.escape, offset: 6)), (#"{"a":"b"#, .jsonCutShort(offset: 7)),
            (#"{'a':1}"#, .jsonUnexpected(.name, offset: 1)), ("{/**/}", .jsonUnexpected(.name, offset: 1)),
            (#"{"resourceSpans":{}}"#, .jsonUnexpected(.list, offset: 17)),
            (#"{"resourceSpans":[[]]}"#, .jsonUnexpected(.object, offset: 18)),
            (#"{"resourceSpans":[{},]}"#, .jsonUnexpected(.object, offset: 21)),
            (#"{"resourceSpans":[{"scopeSpans":"x"}]}"#, .jsonUnexpected(.list, offset: 32)),
        ] as [(String, OTLPError)])
    func `what is no JSON says where`(text: String, error: OTLPError) {
        #expect(throws: error) { try Self.read(Array(text.utf8)) }
    }

    @Test(arguments: [("[", "]"), (#"{"x":"#, "}"), (#"[{"x":["#, "]}]")])
    func `nesting has a limit, and costs nothing up to it`(open: String, close: String) throws {
        let most = 10_000 / open.count { "[{".contains($0) }
        func body(_ depth: Int) -> [UInt8] {
            Array(#"{"x":"#.utf8) + Array(String(repeating: open, count: depth).utf8) + Array("1".utf8)
                + Array(String(repeating: close, count: depth).utf8) + Array("}".utf8)
        }
        #expect(try Self.read(body(most)).isEmpty)
        let error = #expect(throws: OTLPError.self) { try Self.read(body(most + 1)) }
        guard case .jsonTooDeep(limit: 10_000, offset: _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `every prefix is refused`() {
        let attributes = #"[{"key":"k","value":{"intValue":"-12"}},{"value":{"doubleValue":1.5e3},"key":"a"}]"#
        let scope = #"{"name":"s","attributes":\#(attributes)}"#
        let event = #"{"name":"exception","attributes":\#(attributes)}"#
        let span =
            #"{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","kind":"SPAN_KIND_CLIENT","#
            + #""startTimeUnixNano":"1790000000000000000","status":{"code":2},"events":[\#(event)],"name":"\ud83d\ude42"}"#
        let odd = #""odd":[{"x":[true,false,null,-1.5e+3,"\\\u00e9"]},[],{}]"#
        let body = Array(
            #"{\#(odd),"resourceSpans":[{"resource":\#(scope),"scopeSpans":[{"scope":\#(scope),"spans":[\#(span)]}]}]}"#
                .utf8)
        #expect(throws: Never.self) { try Self.read(body) }
        for end in body.indices { #expect(throws: OTLPError.self) { try Self.read(Array(body[..<end])) } }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a cut generated request is refused`(seed: UInt64) {
        var writer = JSONRequestWriter(seed: seed)
        writer.spelling.spaces = seed.isMultiple(of: 2)
        let body = writer.convert(RandomRequest.make(seed: seed))
        for end in stride(from: 0, to: body.count, by: max(1, body.count / 100)) {
            #expect(throws: OTLPError.self) { try Self.read(Array(body[..<end])) }
        }
    }

    @Test(arguments: 0..<250 as Range<UInt64>)
    func `mutated bodies never trap`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var writer = JSONRequestWriter(seed: seed)
        writer.spelling.anyOrder = true
        writer.spelling.oddMembers = true
        writer.spelling.plainIntegers = seed.isMultiple(of: 2)
        let sound = writer.convert(RandomRequest.make(seed: seed))
        for _ in 0..<10 {
            var body = sound
            for _ in 0..<Int.random(in: 1...8, using: &random) { Self.mutate(&body, &random) }
            _ = try? Self.read(body)
            _ = try? JSONTraceRequestReader.requests(in: body.span)
        }
    }

    private static func mutate(_ body: inout [UInt8], _ random: inout SeededGenerator) {
        let telling = Array(#"{}[]",:\u0e-.19tfn "#.utf8)
        let place = Int.random(in: body.indices, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: body[place] = UInt8.random(in: 0...255, using: &random)
        case 1: body[place] = telling.randomElement(using: &random) ?? 0
        case 2: body.insert(telling.randomElement(using: &random) ?? 0, at: place)
        default: body.remove(at: place)
        }
    }

    @Test func `a file may hold one request a line, or one over many lines`() throws {
        var writer = JSONRequestWriter()
        let bodies = (0..<5).map { RandomRequest.make(seed: $0) }
        var file: [UInt8] = []
        for (index, body) in bodies.enumerated() {
            writer.spelling.manyLines = index == 2
            file += writer.convert(body) + Array(index == 3 ? "".utf8 : "\r\n\n".utf8)
        }
        let places = try JSONTraceRequestReader.requests(in: file.span)
        #expect(places.count == bodies.count)
        let (keys, none) = (FirstReader.table(["ak"]), AttributeKeys())
        for (place, body) in zip(places, bodies) {
            var batch = SpanBatch()
            var bytes = file.mutableSpan
            try JSONTraceRequestReader(keys: keys).read(place, of: &bytes, into: &batch)
            #expect(try FirstReader.lines(batch, file, keys, none) == FirstReader.read(body, wanting: ["ak"]))
        }
        #expect(try JSONTraceRequestReader.requests(in: Array(" \n".utf8).span).isEmpty)
        #expect(throws: OTLPError.self) { try JSONTraceRequestReader.requests(in: Array("{}\n{".utf8).span) }
    }
}
