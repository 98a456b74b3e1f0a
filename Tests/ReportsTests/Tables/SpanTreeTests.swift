// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import TestData
import Testing

@testable import Ledger
@testable import Reports

@Suite struct SpanTreeTests {
    /// Spans with an id, a parent and a fate, in the order of their start.
    private func tree(_ spans: [(id: Int64, parent: Int64, fate: Int64)]) throws -> [String] {
        let stored = try StoredHistory(History(seed: 1, count: 1))
        let made = try stored.ask { session in
            try spans.enumerated().map { index, span in
                let classes = TokenClass.allCases.map { _ in ", 0" }.joined()
                let statement = try session.statement(
                    "SELECT \(index), 0, \(span.id), \(span.parent), 0, NULL, 0, 0, \(span.fate), NULL, NULL, NULL, NULL, "
                        + "NULL\(classes)")
                _ = try statement.next()
                return StoredSpan(statement, isDrop: span.fate != 0)
            }
        }
        return SpanTree(made).places.map { "\($0.branch)\($0.span.span)" }
    }

    @Test func `spans are below the span that contains them, the others at the left`() throws {
        #expect(
            try tree([(1, 0, 0), (2, 1, 0), (3, 2, 0), (4, 1, 0), (5, 99, 0)])
                == ["1", "├─ 2", "│  └─ 3", "└─ 4", "5"])
    }

    @Test func `what is below a span that was sent twice is below the one that counts`() throws {
        #expect(try tree([(1, 0, 1), (1, 0, 0), (2, 1, 0)]) == ["1", "1", "└─ 2"])
    }

    @Test func `a span that names itself and spans in a ring are there once`() throws {
        #expect(try tree([(1, 1, 0), (2, 3, 0), (3, 2, 0)]) == ["1", "2", "└─ 3"])
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `each span is there once, whatever the parents`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let spans = (0..<40).map { _ in
            (
                id: Int64.random(in: 1...30, using: &generator), parent: Int64.random(in: 0...30, using: &generator),
                fate: Int64.random(in: 0...1, using: &generator)
            )
        }
        #expect(try tree(spans).count == spans.count)
    }

    @Test func `a deep chain has short lines`() throws {
        let lines = try tree((1...500).map { (Int64($0), Int64($0 - 1), 0) })
        #expect(lines.count == 500)
        #expect(lines.allSatisfy { $0.count < 100 })
    }
}
