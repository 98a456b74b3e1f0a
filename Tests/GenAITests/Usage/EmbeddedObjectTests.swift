// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

@Suite struct EmbeddedObjectTests {
    /// The input that LiteLLM's usage object states, if any.
    static func input(_ text: String) throws -> Int64? {
        let reading = try InterpreterTests.read(
            InterpreterTests.chat([("metadata.usage_object", .string(text))]), scope: "litellm")
        let call = try #require(reading.call)
        return call.reportsUsage ? call.usage.totalInput : nil
    }

    @Test(
        arguments: [
            (#"{"prompt_tokens":7}"#, 7), (#" { "prompt_tokens" : 7 } "#, 7), ("{'prompt_tokens': 7}", 7),
            (#"{"prompt_tokens":"7"}"#, 7), (#"{"prompt_tokens": 7.0}"#, 7),
            (#"{"a":{"prompt_tokens":1},"prompt_tokens":7}"#, 7),
            (#"{"a":"\"prompt_tokens\":1","prompt_tokens":7}"#, 7),
            (#"{"a":[1,{"b":"]"}],"prompt_tokens":7}"#, 7), (#"{"a":'it"s',"prompt_tokens":7}"#, 7),
            ("{'a': <object at 0x7f>, 'prompt_tokens': 7}", 7), ("{'a': Usage(x=1, y={}), 'prompt_tokens': 7}", 7),
            ("{'a': b'x}', 'prompt_tokens': 7, 'c': None, 'd': True}", 7), (#"{"prompt_tokens":7"#, 7),
            (#"{"prompt_tokens":null}"#, nil), ("{'prompt_tokens': None}", nil), (#"{"prompt_tokens":{}}"#, nil),
            (#"{"prompt_tokens":}"#, nil), ("{}", nil), ("", nil), ("[7]", nil), ("prompt_tokens", nil),
            (#"{"prompt_tokens"#, nil), ("{{{{{{", nil), (#"{"prompt_tokens" 7, "x": 1}"#, nil), ("{)]},:,:}", nil),
        ] as [(String, Int64?)])
    func `an object says what it says, whatever is around it`(text: String, tokens: Int64?) throws {
        #expect(try Self.input(text) == tokens)
    }

    @Test func `what cannot be a count is refused and counted`() throws {
        for number in ["-1", "1.5", "1e300", "NaN", "true", "9999999999999"] {
            let reading = try InterpreterTests.read(
                InterpreterTests.chat([("metadata.usage_object", .string(#"{"prompt_tokens":\#(number)}"#))]))
            #expect(reading.call?.reportsUsage == false)
            #expect(reading.report.anomalies.prefix(5) == [0, 0, 1, 0, 0])
        }
    }

    @Test func `deep nesting is passed over, and only the first 64 KiB are looked at`() throws {
        let deep = String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000)
        #expect(try Self.input("{'a': \(deep), 'prompt_tokens': 7}") == 7)
        let objects = String(repeating: "{'prompt_tokens_details':", count: 2_000) + "1"
        #expect(try Self.input(objects) == nil)
        let long = String(repeating: "x", count: 70_000)
        #expect(try Self.input("{'a': '\(long)', 'prompt_tokens': 7}") == nil)
        #expect(try Self.input("{'prompt_tokens': 7, 'a': '\(long)'}") == 7)
    }

    @Test(arguments: 0..<300)
    func `no text does harm`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var text = Array(LiteLLMDialectTests.object.utf8)
        for _ in 0..<Int.random(in: 1...8, using: &random) where !text.isEmpty {
            let place = Int.random(in: 0..<text.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: text[place] = Array("{}[]()'\"\\:, 0".utf8).randomElement(using: &random) ?? 0
            case 1: text.remove(at: place)
            default: text.removeLast(min(place, text.count - 1))
            }
        }
        _ = try Self.input(String(decoding: text, as: UTF8.self))
    }
}
