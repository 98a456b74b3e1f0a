// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import TestData
import Testing

/// Texts that are compared word by word are told apart in every byte, wherever in the body they stand.
@Suite struct TextLookupTests {
    /// The last attribute ends the body, where no eight bytes may be left to read.
    private static func role(
        of operation: String, isLast: Bool
    ) throws -> InterpreterTests.Reading {
        let name = ("gen_ai.operation.name", TraceRequestWriter.Value.string(operation))
        let model = ("gen_ai.request.model", TraceRequestWriter.Value.string("gpt-4o"))
        let usage = ("gen_ai.usage.input_tokens", TraceRequestWriter.Value.int(1))
        return try InterpreterTests.read(isLast ? [model, usage, name] : [name, model, usage])
    }

    @Test(
        arguments: [
            ("chat", "chat"), ("CHAT", "chat"), ("Embeddings", "embeddings"), ("RERANK", "rerank"),
            ("acomPLETIOn", "chat"), ("Generate_Content", "generate_content"), ("chat.Completions", "chat"),
            ("Image_Generation", "image_generation"), ("CHAT.streaming_completions", "chat"),
            ("text.streaming_COMPLETIONS", "text_completion"),
        ], [false, true])
    func `the name of an operation is known in any case`(_ names: (sent: String, known: String), isLast: Bool) throws {
        let reading = try Self.role(of: names.sent, isLast: isLast)
        #expect(reading.text(reading.call?.operation) == names.known)
    }

    @Test(arguments: ["EXECUTE_tool", "Delete_Memory_Store", "RETRIEVAL"], [false, true])
    func `the name of a step that is no call is known in any case`(_ name: String, isLast: Bool) throws {
        let reading = try Self.role(of: name, isLast: isLast)
        #expect(reading.spans.calls.isEmpty)
        #expect(reading.spans.passThrough.count == 1)
    }

    // One word alone, or none that says `embedding` after a change: words have meanings of their own (`OperationWordsTests`).
    @Test(arguments: ["chat", "speech", "text_completion", "generate_content", "text.completions"], [false, true])
    func `a name that differs in one byte is another name`(_ name: String, isLast: Bool) throws {
        for place in name.utf8.indices {
            for bit: UInt8 in [0x01, 0x10, 0x20, 0x40] {
                var bytes = Array(name.utf8)
                bytes[name.utf8.distance(from: name.startIndex, to: place)] ^= bit
                let other = String(decoding: bytes, as: UTF8.self)
                guard other.lowercased() != name else { continue }
                let reading = try Self.role(of: other, isLast: isLast)
                let shown = LabelText.read(ByteRange(length: bytes.count), in: bytes.span)
                #expect(reading.text(reading.call?.operation) == shown)
            }
        }
    }

    @Test func `values of every length that differ in one byte are told apart`() throws {
        var values: [String] = []
        for length in 1...40 {
            for place in 0..<length {
                var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                bytes[place] = UInt8(ascii: "b")
                values.append(String(decoding: bytes, as: UTF8.self))
            }
        }
        let spans = (values + values.reversed() + values).enumerated().map { index, value in
            TraceRequestWriter.Span(
                traceID: [UInt8](1...16), spanID: [1, 2, 3, 4, 5, 6, UInt8(index >> 8), UInt8(index & 0xFF)],
                attributes: InterpreterTests.chat([("gen_ai.response.model", .string(value))]))
        }
        let body = TraceRequestWriter().request(spans: spans)
        var batch = SpanBatch()
        try TraceRequestReader(keys: Interpreter.keys()).read(body.span, into: &batch)
        let symbols = SymbolTable()
        var interpreter = Interpreter(symbols: symbols)
        var read = InterpretedSpans()
        _ = interpreter.interpret(batch, body: body.span, into: &read)
        #expect(read.calls.map { symbols.text(of: $0.responseModel) } == values + values.reversed() + values)
    }
}
