// SPDX-License-Identifier: Apache-2.0
import Ingest
import Logging
import NIOCore
import Testing

@testable import HTTPAPI

/// Bodies in another format than their headers say.
@Suite struct MislabelledBodyTests {
    /// A body that cannot be read, and a part of the sentence; `nil` if the headers are not the mistake.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let body: [UInt8]
        var form = BodyForm()
        let remedy: String?

        var testDescription: String { name }

        /// The headers that say the form.
        var headers: String {
            "Content-Type: application/\(form.encoding == .json ? "json" : "x-protobuf")\r\n"
                + (form.coding == .gzip ? "Content-Encoding: gzip\r\n" : "")
        }
    }

    static let json = BodyForm(encoding: .json)

    static let rows = [
        Row(
            name: "JSON as protobuf", body: Array(" {\"resourceSpans\":[]}".utf8),
            remedy: "Content-Type: application/json"),
        Row(name: "a list as protobuf", body: Array("[]".utf8), remedy: "Content-Type: application/json"),
        Row(name: "protobuf as JSON", body: [0x0A, 0x05, 0x12, 0x03], form: json, remedy: "application/x-protobuf"),
        Row(
            name: "gzip without a header, as JSON", body: [0x1F, 0x8B, 8, 0], form: json,
            remedy: "Content-Encoding: gzip"),
        Row(name: "gzip without a header", body: [0x1F, 0x8B, 8, 0], remedy: "Content-Encoding: gzip"),
        Row(
            name: "nothing, as JSON in gzip", body: [], form: BodyForm(encoding: .json, coding: .gzip), remedy: nil),
        Row(
            name: "a header and no gzip", body: Array("{}".utf8), form: BodyForm(encoding: .json, coding: .gzip),
            remedy: "leave out Content-Encoding"),
        Row(name: "damaged gzip", body: [0x1F, 0x8B, 8, 0], form: BodyForm(coding: .gzip), remedy: nil),
        Row(name: "damaged JSON", body: Array("{\n\"resourceSpans\":".utf8), form: json, remedy: nil),
        Row(name: "damaged protobuf", body: [0x0A, 0x50, 0x12], remedy: nil),
        Row(name: "nothing", body: [], form: json, remedy: nil),
    ]

    @Test(arguments: rows)
    func `the sentence names the header that would be right`(_ row: Row) {
        let message = MislabelledBody.message(ByteBuffer(bytes: row.body), as: row.form)
        #expect((message == nil) == (row.remedy == nil))
        if let remedy = row.remedy { #expect(message?.contains("; ") == true && message?.contains(remedy) == true) }
    }

    @Test(arguments: rows, [true, false])
    func `the answer has it on the event loop and on a worker, and otherwise the reader's own sentence`(
        _ row: Row, takesNow: Bool
    ) async throws {
        let ingest = StubIngest(
            work: { _, _, _ throws(IngestError) in throw .unreadable("a damaged field; send the whole request") },
            takesNow: takesNow)
        let log = RecordedLog()
        try await TestListeners.open(ingest: ingest, logger: log.logger) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(
                "POST /v1/traces HTTP/1.1\r\nHost: test\r\n\(row.headers)Content-Length: \(row.body.count)\r\n\r\n")
            try await client.send(row.body)
            let reply = try await client.reply()
            #expect(reply.status == 400)
            #expect(reply.text.contains(row.remedy ?? "send the whole request"), "\(reply.text)")
            await client.close()
        }
        #expect(log.lines.filter { $0.level == .warning }.count == 1)
    }

    @Test(arguments: [true, false])
    func `spans without ids and bodies without bytes are told in a success`(takesNow: Bool) async throws {
        let ingest = StubIngest(
            work: { body, _, _ throws(IngestError) in
                body.isEmpty
                    ? IngestReceipt(acceptedSpans: 0, rejectedSpans: 0, message: "", inflatedBytes: 0)
                    : IngestReceipt(
                        acceptedSpans: 1, rejectedSpans: 2, message: "2 spans have no ids; send them elsewhere",
                        inflatedBytes: body.count)
            }, takesNow: takesNow)
        let (log, refused) = (RecordedLog(), RefusedRequests())
        try await TestListeners.open(ingest: ingest, refused: refused, logger: log.logger) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            for (body, sentence) in [("", "the body is empty"), ("ab", "2 spans have no ids; send them elsewhere")] {
                try await client.send(RawClient.head("Content-Length: \(body.utf8.count)\r\n") + body)
                let reply = try await client.reply()
                #expect(reply.status == 200)
                #expect(reply.text.contains(sentence))
            }
            await client.close()
        }
        #expect(refused.list.map(\.kind) == [.spans])
        #expect(refused.list.map(\.remedy) == ["send them elsewhere"])
        #expect(log.lines.compactMap { $0.metadata["reason"] } == ["2 spans have no ids"])
    }
}
