// SPDX-License-Identifier: Apache-2.0
import GRDB
import Testing

@testable import Ledger
@testable import Reports

/// Answers are the same whether traces of one call are rows of `calls` or have rows of `traces`.
@Suite struct SingleTraceAnswersTests {
    private static func answers(_ stored: StoredHistory, _ history: History, _ questions: [(String, String)]) throws
        -> [String]
    {
        let desk = stored.desk(now: history.minutes.upperBound * 60)
        return try questions.map { path, query in
            let question = try #require(DeskQuestion(path: "/api/v1/\(path)"), "\(path)")
            let reply = desk.answer(question, query: query)
            var text = "\(reply.status) \(path)?\(query) \(reply.text)"
            while let piece = try reply.export?.next() { text += String(decoding: piece, as: UTF8.self) }
            return text
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `traces, sessions, the dearest, summaries and exports are the same`(seed: UInt64) throws {
        var history = History(seed: seed, count: 600)
        // Two of three calls are alone in their traces.
        for index in history.calls.indices where index % 3 > 0 { history.calls[index].trace = 1_000 + index }
        let all = "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)"
        let part = "from=\(history.minutes.lowerBound * 60 + 100_020)&to=\(history.minutes.upperBound * 60 - 99_900)"
        var questions = [
            ("summary", all), ("summary", part), ("costs", "\(all)&group_by=trace&limit=900"), ("export", all),
            ("costs", "\(part)&group_by=session,model"), ("export", "\(part)&format=jsonl"),
        ]
        for order in ["cost", "tokens", "calls", "duration"] {
            for period in [all, part] { questions.append(("top", "\(period)&by=trace&order_by=\(order)&limit=40")) }
        }
        for session in ["s1", "s2", "s3"] { questions.append(("sessions/\(session)", "")) }
        for (index, call) in history.calls.enumerated().prefix(60) {
            let id = History.traceText(call.trace)
            questions.append(("traces/\(id)", ""))
            let span = String(index + 1, radix: 16)
            questions.append(("spans/\(id)/\(String(repeating: "0", count: 16 - span.count) + span)", ""))
        }
        let compact = try StoredHistory(history)
        let older = try StoredHistory(history, isCompact: false)
        func count(_ stored: StoredHistory, _ rows: String) throws -> Int? {
            try DatabaseQueue(path: stored.path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(rows)") }
        }
        #expect(try count(compact, "calls WHERE low IS NOT NULL") ?? 0 >= 400)
        #expect(try count(compact, "traces") ?? 0 > 0 && count(older, "calls WHERE low IS NOT NULL") == 0)
        let answers = try Self.answers(compact, history, questions)
        for (answer, other) in zip(answers, try Self.answers(older, history, questions)) {
            #expect(answer.hasPrefix("200 ") && answer == other)
        }
    }
}
