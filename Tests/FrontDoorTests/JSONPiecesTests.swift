// SPDX-License-Identifier: Apache-2.0
import TestData
import Testing

@testable import llm_cost_exporter

/// A file of JSON bodies gives the same bodies whether it is read at once or in pieces.
@Suite struct JSONPiecesTests {
    private static let bodies = [
        #"{"resourceSpans": []}"#, "{}", "{\"resourceSpans\": [\n  {\"scopeSpans\": []}\n]}", #"{"a": "}\n{"}"#,
        #"{"a": [1, {"b": "x"}]}"#,
    ]

    private func atOnce(_ bytes: [UInt8]) -> [String] {
        var found: [String] = []
        var pieces = JSONPieces(file: "f")
        pieces.takeRest(of: bytes) { found.append(Self.shown($0)) }
        return found
    }

    private static func shown(_ body: RecordedBodies.Body) -> String {
        body.name + " " + String(decoding: body.bytes, as: UTF8.self).trimmed
    }

    private func inPieces(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [String] {
        var (found, read, rest) = ([String](), 0, [UInt8]())
        var pieces = JSONPieces(file: "f")
        while read < bytes.count {
            let next = min(bytes.count, read + Int.random(in: 1...60, using: &random))
            rest += bytes[read..<next]
            read = next
            if read < bytes.count {
                #expect(pieces.takeWhole(from: &rest) { found.append(Self.shown($0)) } >= rest.count)
            }
        }
        pieces.takeRest(of: rest) { found.append(Self.shown($0)) }
        return found
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `bodies over any lines`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...8, using: &random)
        let text = (0..<count).map { _ in
            (Self.bodies.randomElement(using: &random) ?? "")
                + (["\n", "\r\n", "\n\n", "\n  \n"].randomElement(using: &random) ?? "")
        }.joined()
        let bytes = Array(text.utf8)
        let whole = atOnce(bytes)
        #expect(whole.count == count)
        #expect(inPieces(bytes, &random) == whole)
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `lines of which some are damaged`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let text = (0..<Int.random(in: 2...9, using: &random)).map { _ in
            let line = ["{}", #"{"a": 1}"#, #"{"resourceSpans": [{"#, #"{"a"#, ""].randomElement(using: &random) ?? ""
            return line + "\n"
        }.joined()
        let bytes = Array(("{}\n{}\n" + text).utf8)
        #expect(inPieces(bytes, &random) == atOnce(bytes))
    }
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
