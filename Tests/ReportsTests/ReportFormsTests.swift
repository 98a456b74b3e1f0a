// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Reports
import TestRooms
import Testing

/// The three forms of a report.
@Suite struct ReportFormsTests {
    private let reported: Report

    init() throws {
        let prices = """
            models:
              - {id: openai/cheap, names: [cheap], prices: [{rates: {input: 1, output: 2}}]}
              - {id: openai/dear, names: [dear], prices: [{rates: {input: 100, output: 200}}]}
            """
        reported = try Reported(
            spans: [
                call(1, model: "cheap"), call(2, model: "dear"), call(3, model: "dear", input: nil, failed: true),
                call(4, model: "+new\u{1B}[31m,1"),
            ], by: [.model, .operation], book: book(prices)
        ).report
    }

    @Test func `a table has aligned columns, the total, and what to know`() {
        let lines = ReportText.lines(of: reported, priceFiles: ["my prices.yaml"])
        #expect(
            lines.map(\.text) == [
                "model        operation  calls  failed  no usage  unpriced  input  output        $",
                "+new\u{FFFD}[31m,1  chat           1       0         0         1     10       5  unknown",
                "dear         chat           2       1         0         0     10       5  0.002",
                "cheap        chat           1       0         0         0     10       5  0.00002",
                "total                       4       1         0         1     30      15  0.00202",
                "1 call without a price: the cost is not known, and not in the dollars; to see why: "
                    + "llm-cost-exporter prices find --prices 'my prices.yaml' MODEL",
            ])
        #expect(lines.map(\.kind) == [.head, .unknown, .row, .row, .total, .note])
    }

    @Test func `a CSV has the same columns for every report, empty where a cost is unknown`() {
        let lines = ReportCSV.text(of: reported).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(
            lines[0].joined(separator: ",") == """
                model,operation,calls,failed,without_usage,unpriced,unknown_cost,input_tokens,output_tokens,\
                cache_read_tokens,cache_write_tokens,cache_write_1h_tokens,cache_write_12h_tokens,reasoning_tokens,\
                input_audio_tokens,output_audio_tokens,cache_read_audio_tokens,input_image_tokens,output_image_tokens,\
                cache_read_image_tokens,input_video_tokens,output_video_tokens,web_search,file_search,maps_search,\
                rerank_search,code_session,cost_usd,estimated_usd,reported_usd
                """)
        #expect(
            lines[1].joined(separator: ",")
                == "\"'+new\u{FFFD}[31m,1\",chat,1,0,0,1,1,10,5,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,,0,0")
        #expect(
            lines[2].joined(separator: ",") == "dear,chat,2,1,0,0,0,10,5" + String(repeating: ",0", count: 18)
                + ",0.002,0,0")
        #expect(lines.count == 4)
    }

    @Test func `JSON has one object a row, then the total`() {
        let lines = ReportJSON.text(of: reported).split(separator: "\n").map(String.init)
        #expect(
            lines == [
                #"{"type": "row", "group": {"model": "+new\#u{FFFD}[31m,1", "operation": "chat"}, "calls": 1, "failed": 0, "without_usage": 0, "unpriced": 1, "unknown_cost": 1, "tokens": {"input": 10, "output": 5}, "units": {}, "cost_usd": null, "estimated_usd": "0", "reported_usd": "0"}"#,
                #"{"type": "row", "group": {"model": "dear", "operation": "chat"}, "calls": 2, "failed": 1, "without_usage": 0, "unpriced": 0, "unknown_cost": 0, "tokens": {"input": 10, "output": 5}, "units": {}, "cost_usd": "0.002", "estimated_usd": "0", "reported_usd": "0"}"#,
                #"{"type": "row", "group": {"model": "cheap", "operation": "chat"}, "calls": 1, "failed": 0, "without_usage": 0, "unpriced": 0, "unknown_cost": 0, "tokens": {"input": 10, "output": 5}, "units": {}, "cost_usd": "0.00002", "estimated_usd": "0", "reported_usd": "0"}"#,
                #"{"type": "total", "calls": 4, "failed": 1, "without_usage": 0, "unpriced": 1, "unknown_cost": 1, "tokens": {"input": 30, "output": 15}, "units": {}, "cost_usd": "0.00202", "estimated_usd": "0", "reported_usd": "0", "overflowed_calls": 0}"#,
            ])
    }

    @Test func `a total alone is one row in each form`() throws {
        let total = try Reported(spans: [call(1), call(2)], by: []).report
        #expect(ReportText.lines(of: total).count { $0.kind != .note } == 2)
        #expect(ReportCSV.text(of: total).split(separator: "\n").count == 2)
        #expect(ReportJSON.text(of: total).split(separator: "\n").count == 1)
        let none = try Reported(spans: [], by: []).report
        #expect(ReportCSV.text(of: none).split(separator: "\n").count == 2)
        #expect(none.total.cost == .zero)
    }

    @Test func `a label whose name is that of a column gets another head`() throws {
        let rule = LabelRule(name: "calls", sources: [.span("app.calls")])
        let report = try Reported(spans: [call(1)], by: [.label("calls")], labels: [rule]).report
        #expect(ReportCSV.text(of: report).hasPrefix("label_calls,calls,failed,"))
    }
}
