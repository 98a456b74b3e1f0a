// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

/// Bodies with which people try the service by hand: each answer says what to do instead.
@Suite struct WrongBodyTests {
    private struct Row {
        let body: [UInt8]
        var type = "application/json"
        var coding: String?
        var status = 400
        let remedy: String
    }

    private static let rows = [
        Row(body: [], remedy: "send an ExportTraceServiceRequest as JSON"),
        Row(
            body: [], type: "application/x-protobuf", status: 200,
            remedy: "send an ExportTraceServiceRequest with spans"),
        Row(body: Array("[]".utf8), remedy: "send an ExportTraceServiceRequest as OTLP/JSON"),
        Row(body: Array("{\"resourceSpans\":[{".utf8), remedy: "; send"),
        Row(body: Array("{}".utf8), type: "application/x-protobuf", remedy: "send Content-Type: application/json"),
        Row(
            body: [0x0A, 0x50, 1, 2], type: "application/x-protobuf", remedy: "send the whole ExportTraceServiceRequest"
        ),
        Row(body: [0x0A, 0x02, 1, 2], remedy: "send Content-Type: application/x-protobuf"),
        Row(body: [0x1F, 0x8B, 8, 0, 0], remedy: "send Content-Encoding: gzip"),
        Row(body: Array("{}".utf8), coding: "gzip", remedy: "leave out Content-Encoding"),
        Row(body: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], coding: "gzip", remedy: "send the whole body again"),
        Row(
            body: Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"chat"}]}]}]}"#.utf8), status: 200,
            remedy: "if these are logs or metrics, send them elsewhere"),
    ]

    @Test func `each answer names the remedy, and the log names one for each kind of refusal`() throws {
        let service = try ServiceUnderTest()
        for row in Self.rows {
            var headers = ["content-type": row.type]
            headers["content-encoding"] = row.coding
            let answer = try service.post(row.body, headers: headers)
            #expect(answer.status == row.status)
            #expect(answer.text.contains(row.remedy), "\(answer.text)")
        }
        let lines = service.process.log.split(separator: "\n").filter { $0.contains("requests were refused") }
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.contains("remedy=") && !$0.contains("remedy=\"\"") })
        let page = try service.scrapeSettled()
        #expect(page.sum("llm_cost_exporter_bodies_total") == Double(Self.rows.count))
    }
}
