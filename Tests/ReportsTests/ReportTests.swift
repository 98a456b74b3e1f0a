// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Reports
import TestData
import TestRooms
import Testing

@Suite struct ReportTests {
    private static let prices = """
        models:
          - {id: openai/cheap, names: [cheap], prices: [{rates: {input: 1, output: 2}}]}
          - {id: openai/dear, names: [dear], prices: [{rates: {input: 100, output: 200}}]}
        """

    private func rows(_ report: Report) -> [String] {
        report.rows.map { row in
            let cost = row.sums.cost.map(\.description) ?? "unknown"
            return (row.values + ["\(row.sums.calls)", cost]).joined(separator: " ")
        }
    }

    @Test func `the dearest group is first, and what is not known before it`() throws {
        let reported = try Reported(
            spans: [
                call(1, model: "cheap"), call(2, model: "dear"), call(3, model: "cheap"),
                call(4, model: "no-such-model"),
            ], book: book(Self.prices))
        #expect(rows(reported.report) == ["no-such-model 1 unknown", "dear 1 0.002", "cheap 2 0.00004"])
        #expect(reported.report.total.calls == 4)
        #expect(reported.report.total.cost?.description == "0.00204")
        #expect(!reported.report.total.isComplete)
    }

    @Test func `a call without a price is unknown, one without usage too, and a failed one is not`() throws {
        let reported = try Reported(
            spans: [
                call(1, model: "no-such-model"), call(2, model: "dear", input: nil),
                call(3, model: "cheap", input: nil, failed: true),
            ], book: book(Self.prices))
        let sums = Dictionary(uniqueKeysWithValues: reported.report.rows.map { ($0.values[0], $0.sums) })
        #expect(sums["no-such-model"]?.cost == nil)
        #expect(sums["no-such-model"]?.unpriced == 1)
        #expect(sums["dear"]?.cost == nil)
        #expect(sums["dear"]?.withoutUsage == 1)
        #expect(sums["dear"]?.unpriced == 0)
        #expect(sums["cheap"]?.cost == .zero)
        #expect(sums["cheap"]?.failed == 1)
        #expect(reported.report.total.unknown == 2)
        #expect(reported.report.notes(priceFiles: []).count == 2)
    }

    @Test func `a provider is one row, also for calls that failed or have no usage, under any of its names`() throws {
        func named(_ provider: String, _ span: TraceRequestWriter.Span) -> TraceRequestWriter.Span {
            var span = span
            span.attributes = span.attributes.filter { $0.key != "gen_ai.provider.name" }
            if !provider.isEmpty { span.attributes.append(("gen_ai.provider.name", .string(provider))) }
            return span
        }
        let reported = try Reported(
            spans: [
                named("gemini", call(1, model: "gemini-2.5-flash")),
                named("google_genai", call(2, model: "gemini-2.5-flash", input: nil, failed: true)),
                named("GCP.Gemini", call(3, model: "gemini-2.5-flash", input: nil)),
                named("nobody", call(4, model: "no-such-model")), named("", call(5, model: "no-such-model")),
            ], by: [.provider], book: .embedded())
        let sums = Dictionary(uniqueKeysWithValues: reported.report.rows.map { ($0.values[0], $0.sums) })
        #expect(Set(sums.keys) == ["gcp.gemini", "nobody", ""])
        #expect(sums["gcp.gemini"]?.calls == 3)
        #expect(sums["gcp.gemini"]?.failed == 1)
        #expect(sums["gcp.gemini"]?.withoutUsage == 1)
    }

    @Test func `a group of which some calls have a price shows their sum, and that it is not all`() throws {
        let reported = try Reported(
            spans: [call(1, model: "dear"), call(2, model: "dear", input: nil)], by: [.operation],
            book: book(Self.prices))
        #expect(rows(reported.report) == ["chat 2 0.002"])
        #expect(reported.report.rows.first?.sums.isComplete == false)
    }

    // 2026-03-29 01:00 UTC is the beginning of summer time in Berlin.
    @Test(
        arguments: [
            ("UTC", ["2026-03-28 1", "2026-03-29 2", "(none) 1"]),
            ("Europe/Berlin", ["2026-03-29 3", "(none) 1"]),
            ("America/New_York", ["2026-03-28 2", "2026-03-29 1", "(none) 1"]),
            ("+14:00", ["2026-03-29 2", "2026-03-30 1", "(none) 1"]),
            ("-14:00", ["2026-03-28 2", "2026-03-29 1", "(none) 1"]),
        ])
    func `a call belongs to the day on which it ended in the zone`(zone: String, days: [String]) throws {
        let midnight: UInt64 = 1_774_742_400_000_000_000
        let reported = try Reported(
            spans: [
                call(1, endNanoseconds: midnight - 1), call(2, endNanoseconds: midnight),
                call(3, endNanoseconds: midnight + 79_200_000_000_000 - 1), call(4, endNanoseconds: 0),
            ], by: [.day], zone: zone)
        let told = reported.report.rows.map { "\($0.values[0].isEmpty ? "(none)" : $0.values[0]) \($0.sums.calls)" }
        #expect(Set(told) == Set(days))
        let dated = told.filter { !$0.hasPrefix("(none)") }
        #expect(dated == dated.sorted())
    }

    @Test func `a month is that of the day in the zone`() throws {
        // 2026-04-30 22:30 UTC.
        let spans = [call(1, endNanoseconds: 1_777_588_200_000_000_000)]
        #expect(try Reported(spans: spans, by: [.month]).report.rows.first?.values == ["2026-04"])
        #expect(
            try Reported(spans: spans, by: [.month], zone: "Europe/Berlin").report.rows.first?.values == ["2026-05"])
    }

    @Test func `groups beyond the ceiling are one row, and the total is that of all calls`() throws {
        let spans = (0..<40).map { call($0, model: "cheap-\($0 % 8)", input: 1_000) }
        let prices =
            "models: [{id: openai/cheap, names: [" + (0..<8).map { "cheap-\($0)" }.joined(separator: ", ")
            + "], prices: [{rates: {input: 1, output: 2}}]}]"
        let reported = try Reported(spans: spans, by: [.model, .operation], limit: 3, book: book(prices))
        #expect(reported.report.rows.count == 4)
        #expect(reported.report.rows.last?.values == ["__overflow__", "__overflow__"])
        #expect(reported.report.rows.last?.sums.calls == 25)
        #expect(reported.report.overflowed == 25)
        #expect(reported.report.total.calls == 40)
        #expect(reported.report.total.cost?.description == "0.0404")
        #expect(reported.report.notes(priceFiles: []).contains { $0.hasPrefix("25 calls in __overflow__") })
    }

    @Test func `labels of the settings group calls, and calls without one have an empty value`() throws {
        let rule = LabelRule(name: "team", sources: [.span("app.team")])
        let reported = try Reported(
            spans: [
                call(1, [("app.team", .string("search"))]), call(2, [("app.team", .string("=1+1"))]), call(3),
                call(4, [("app.team", .string("search"))]),
            ], by: [.label("team")], labels: [rule])
        let calls = Dictionary(uniqueKeysWithValues: reported.report.rows.map { ($0.values[0], $0.sums.calls) })
        #expect(calls == ["search": 2, "=1+1": 1, "": 1])
        #expect(ReportCSV.text(of: reported.report).contains("\n'=1+1,1,"))
    }

    @Test(arguments: 1...12)
    func `rows add up to the total, which is that of the metrics page`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let models = ["gpt-4o", "gpt-4o-mini", "no-such-model", "claude-sonnet-4-5", "gpt-4o-2024-08-06", ""]
        let spans = (0..<200).map { number in
            call(
                number, model: models.randomElement(using: &random) ?? "",
                operation: ["chat", "embeddings", "text_completion"].randomElement(using: &random) ?? "chat",
                input: Int.random(in: 0..<5, using: &random) == 0 ? nil : Int64.random(in: 0...100_000, using: &random),
                output: Int64.random(in: 0...9_999, using: &random),
                endNanoseconds: 1_790_000_000_000_000_000 + UInt64.random(in: 0...500_000_000_000_000, using: &random),
                failed: Int.random(in: 0..<9, using: &random) == 0)
        }
        for groupings: [Grouping] in [[], [.model], [.day, .model], [.provider, .operation], [.month]] {
            let limit = Int.random(in: 1...12, using: &random)
            let reported = try Reported(spans: spans, by: groupings, limit: limit)
            let (report, total) = (reported.report, reported.report.total)
            #expect(report.rows.count <= limit + 1)
            #expect(total.calls == spans.count)
            func sum(_ part: (ReportSums) -> Int) -> Int { report.rows.reduce(0) { $0 + part($1.sums) } }
            #expect(sum(\.calls) == total.calls)
            #expect(sum(\.failed) == total.failed)
            #expect(sum(\.unknown) == total.unknown)
            #expect(sum(\.unpriced) == total.unpriced)
            for tokenClass in TokenClass.allCases {
                #expect(sum { Int($0.tokens[tokenClass]) } == Int(total.tokens[tokenClass]))
            }
            #expect(report.rows.reduce(Dollars.zero) { $0 + ($1.sums.cost ?? .zero) } == total.cost)
            #expect(reported.shown("llm_cost_dollars_total") == total.cost)
        }
    }
}
