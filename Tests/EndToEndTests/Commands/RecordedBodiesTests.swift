// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The files that `replay` and `explain` read.
@Suite struct RecordedBodiesTests {
    private static let capture = Capture("traceloop-langchain", "agent_split")

    /// Its bodies as JSON.
    private static func texts() throws -> [String] {
        try JSONBodies.posts(of: capture, form: .usual).map { String(decoding: $0.body, as: UTF8.self) }
    }

    @Test(arguments: ["\n", "\r\n", "\n\n", " "])
    func `a file of JSON bodies is read as its bodies are`(separator: String) throws {
        let bodies = try Self.texts()
        try #require(bodies.count > 1)
        let text = bodies.joined(separator: separator)
        let whole = try Explained(["-"], input: Array(text.utf8))
        let parts = try Explained(Self.capture.posts().map(\.file.path))
        #expect(try whole.comparableSpans() == parts.comparableSpans())
    }

    @Test func `a file of JSON bodies may be gzip`() throws {
        let bodies = try Self.texts()
        let zipped = try run(URL(filePath: "/bin/gzip"), ["-c"], input: Array(bodies.joined(separator: "\n").utf8))
        let whole = try Explained(["-"], input: zipped.output)
        let parts = try Explained(Self.capture.posts().map(\.file.path))
        #expect(try whole.comparableSpans() == parts.comparableSpans())
        #expect(whole.spans.first?["body"] as? String == "-:1")
    }

    @Test func `one JSON body may be laid out over lines`() throws {
        let capture = Capture("otel-openai-v2", "many")
        let files = try JSONBodies.posts(of: capture, form: .unusual).map(\.file.path)
        let told = try Explained(files).comparableSpans()
        #expect(try told == Explained(capture.posts().map(\.file.path)).comparableSpans())
    }

    @Test func `a damaged line is named, and the others are read`() throws {
        let bodies = try Self.texts()
        let text = ([bodies[0], "{\"resourceSpans\": [", ""] + bodies[1...]).joined(separator: "\n")
        let result = try run(Repository.service, ["explain", "-"], input: Array(text.utf8))
        #expect(result.status == 1)
        #expect(result.log.hasPrefix("-:2: "))
        #expect(result.text.contains("== -:1\n") && result.text.contains("== -:\(bodies.count + 2)\n"))
    }

    @Test func `protobuf whose lengths look like JSON is protobuf`() throws {
        // The only resource takes 123 bytes, which is a brace, and its message 34, which is a quote.
        let resource: [UInt8] = [0x0A, 0x22, 0x0A, 0x20, 0x0A, 0x1E] + [UInt8](repeating: UInt8(ascii: "k"), count: 30)
        let url: [UInt8] = [0x1A, 85] + [UInt8](repeating: UInt8(ascii: "u"), count: 85)
        let result = try run(Repository.service, ["explain", "-"], input: [0x0A, 0x7B] + resource + url)
        #expect(result.status == 0, "\(result.log)")
    }
}
