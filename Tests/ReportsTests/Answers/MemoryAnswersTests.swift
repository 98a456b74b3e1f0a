// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Ledger
@testable import Reports

/// Answers of a service without a folder are those of one with a folder.
@Suite struct MemoryAnswersTests {
    private static let period = "from=now/h-60h&to=now/h%2B2h"
    /// Questions that roll-ups answer.
    private static let sums = [
        ("costs", "granularity=hour"), ("costs", "group_by=model"), ("costs", "group_by=user,model"),
        ("costs", "group_by=service,source&granularity=day&measures=cost,tokens,calls,failed,streamed,savings"),
        ("costs", "group_by=provider&measures=duration,average_duration"),
        ("costs", "where=user:ann&group_by=operation&measures=cost,web_search"),
        ("changes", "group_by=model"), ("top", "by=user"), ("dimensions/user/values", ""),
    ]
    /// Questions that need single calls.
    private static let calls = [
        ("costs", "group_by=session,tier"), ("costs", "group_by=user,service"), ("costs", "where=error:timeout"),
        ("costs", "group_by=trace&limit=20"), ("top", "by=trace&limit=50"), ("top", "by=session"), ("top", "by=call"),
        ("summary", ""),
    ]

    private static func ask(_ desk: QuestionDesk, _ path: String, _ query: String) throws -> String {
        let question = try #require(DeskQuestion(path: "/api/v1/\(path)"), "\(path)")
        let reply = desk.answer(question, query: query)
        var text = reply.text
        while let piece = try reply.export?.next() { text += String(decoding: piece, as: UTF8.self) }
        return "\(reply.status) \(text)".replacing(#""storage": "memory""#, with: #""storage": "folder""#)
    }

    private static func full(_ query: String) -> String { query.isEmpty ? period : "\(period)&\(query)" }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `while the memory has all calls, every answer is that of a folder`(seed: UInt64) throws {
        let kept = try KeptTwice(seed: seed, most: 100_000)
        for step in 1...25 {
            kept.keep()
            // Questions in between turn a part of the calls into rows.
            if step % 7 == 0 { _ = try Self.ask(kept.remembered, "costs", Self.full("")) }
        }
        let stored = kept.stored()
        for (path, query) in Self.sums + Self.calls {
            let answer = try Self.ask(kept.remembered, path, Self.full(query))
            #expect(answer.hasPrefix("200 "), "\(answer)")
            #expect(try answer == Self.ask(stored, path, Self.full(query)), "\(path)?\(query)")
        }
        for form in ["csv", "jsonl"] {
            let query = Self.full("format=\(form)")
            #expect(try Self.ask(kept.remembered, "export", query) == Self.ask(stored, "export", query))
        }
        for trace in 1...60 as ClosedRange<UInt64> {
            let low = String(trace << 40 | 7, radix: 16)
            let id = String(repeating: "0", count: 15) + "9" + String(repeating: "0", count: 16 - low.count) + low
            #expect(try Self.ask(kept.remembered, "traces/\(id)", "") == Self.ask(stored, "traces/\(id)", ""))
        }
        for session in 0..<20 {
            #expect(
                try Self.ask(kept.remembered, "sessions/s\(session)", "")
                    == Self.ask(stored, "sessions/s\(session)", ""))
        }
    }

    @Test(arguments: 11...16 as ClosedRange<UInt64>)
    func `sums are those of a folder although most calls have left the memory`(seed: UInt64) throws {
        let kept = try KeptTwice(seed: seed, most: 64)
        for step in 1...40 {
            kept.keep()
            if seed % 2 == 0, step % 9 == 0 { _ = try Self.ask(kept.remembered, "costs", Self.full("")) }
            #expect(kept.memory.levels.calls <= 2 * 64)
        }
        let stored = kept.stored()
        for (path, query) in Self.sums {
            let answer = try Self.ask(kept.remembered, path, Self.full(query))
            #expect(answer.hasPrefix("200 "), "\(answer)")
            #expect(try answer == Self.ask(stored, path, Self.full(query)), "\(path)?\(query)")
        }
        #expect(kept.memory.levels.calls <= 64)
        #expect(kept.memory.levels.removedCalls > 0)
    }

    @Test func `a question about calls that have left is refused with the time from which on they are kept`() throws {
        let kept = try KeptTwice(seed: 21, most: 400)
        for _ in 1...20 { kept.keep() }
        // The last ones are the latest, too.
        for _ in 1...10 { kept.keep(hours: 0) }
        let refusal = try Self.ask(kept.remembered, "costs", Self.full("group_by=session"))
        #expect(refusal.hasPrefix("400 "), "\(refusal)")
        #expect(refusal.contains("storage.memory_calls"), "\(refusal)")
        let times = refusal.matches(of: /since ([0-9T:Z-]+),/)
        let since = try #require(times.first?.output.1)
        let query = "from=\(since)&to=now/h%2B2h&group_by=session"
        #expect(try Self.ask(kept.remembered, "costs", query) == Self.ask(kept.stored(), "costs", query))
    }

    @Test func `at the ceiling of sums, further values count as overflow and no call is lost`() throws {
        let kept = try KeptTwice(seed: 31, most: 16, mostSums: 40)
        for _ in 1...30 { kept.keep() }
        #expect(kept.memory.levels.overflows > 0)
        let query = Self.full("group_by=user")
        #expect(try Self.ask(kept.remembered, "costs", query).contains("__overflow__"))
        let total = Self.full("granularity=hour&group_by=model")
        #expect(try Self.ask(kept.remembered, "costs", total) == Self.ask(kept.stored(), "costs", total))
    }
}
