// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import TestData
import Testing
import TestRooms

/// Control characters and white space in values of senders that become values of labels.
@Suite struct CleanLabelsTests {
    /// Every character at which some reader of text ends a line, and other control characters.
    private static let controls: [String] =
        (0..<0x20).map { String(Unicode.Scalar(UInt8($0))) } + (0x7F..<0xA0).map { String(Unicode.Scalar(UInt8($0))) }
        + ["\u{2028}", "\u{2029}", "\r\n"]

    /// What reaches a label of the page, by the attribute that a sender writes it in.
    private static let keys = [
        "gen_ai.response.model", "gen_ai.provider.name", "gen_ai.operation.name", "error.type",
        "openai.response.service_tier", "llm.team",
    ]

    /// The page after one failed call for each value of an attribute.
    private static func page(_ key: String, _ values: [String]) throws -> String {
        let labels = CallProperty.allCases.map { LabelRule(name: "own_\($0.rawValue)", sources: [.call($0)]) }
        let replayed = try Replayed(labels: [LabelRule(name: "team", sources: [.span("llm.team")])] + labels)
        try replayed.ingest(
            values.enumerated().map { number, value in
                var span = chat(UInt8(number + 1), usage(1_000, 10)).failing
                span.kind = 3
                if let index = span.attributes.firstIndex(where: { $0.key == key }) {
                    span.attributes[index].value = .string(value)
                } else {
                    span.attributes.append((key, .string(value)))
                }
                return span
            })
        return replayed.text
    }

    @Test(arguments: keys)
    func `no value breaks a line of the page or has a control character`(key: String) throws {
        let page = try Self.page(key, Self.controls.map { "x\($0)y" })
        #expect(page.contains("\"x\u{FFFD}y\""))
        let broken = page.unicodeScalars.filter {
            $0 != "\n" && LabelText.isControl($0)
        }
        #expect(broken.isEmpty)
        #expect(page.split(separator: "\n").allSatisfy { $0.hasPrefix("llm_") || $0.hasPrefix("# ") })
    }

    @Test(arguments: keys)
    func `white space at the ends of a value is left out`(key: String) throws {
        let spaces = [" ", "\r", "\n", "\t", "\r\n", "\u{85}", "\u{2028}", "\u{A0}", "\u{3000} \r"]
        let page = try Self.page(key, spaces.map { "\($0)x/y\($0)" })
        #expect(page.contains("\"x/y\""))
        func samples(_ page: String) -> [Substring] {
            page.split(separator: "\n").filter { !$0.contains("bytes") }
        }
        #expect(try samples(page) == samples(Self.page(key, spaces.map { _ in "x/y" })))
    }

    @Test func `a model's name with a line end behind it has the price of the name without`() throws {
        let page = try Self.page("gen_ai.response.model", ["gpt-4o-mini\r\n"])
        #expect(page.contains(#"llm_cost_dollars_total{model="gpt-4o-mini",operation="chat""#))
    }

    @Test func `a value of white space and control characters alone is absent`() throws {
        let values = [" ", "\r", "\n\n", "\u{0}", "\u{2028}", " \u{1B} "]
        let requests = try Self.page("gen_ai.response.model", values).split(separator: "\n").filter {
            $0.hasPrefix("llm_requests_total{")
        }
        #expect(requests.count == 1)
        #expect(requests.first?.hasPrefix(#"llm_requests_total{model="gpt-4o","#) == true)
        #expect(requests.first?.hasSuffix(" \(values.count)") == true)
    }

    @Test(arguments: [
        ("x\ry", "x\u{FFFD}y"), ("\u{1}x", "\u{FFFD}x"), (" x y ", "x y"), ("é\u{9F}", "é\u{FFFD}"), ("\t\u{1}\t", ""),
        ("模型", "模型"), ("", ""),
    ])
    func `each control character becomes one replacement character`(sent: String, shown: String) {
        let bytes = Array(sent.utf8)
        #expect(LabelText.read(ByteRange(length: bytes.count), in: bytes.span) == shown)
    }
}
