// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestData
import Testing

@testable import Reports

/// What an answer says about a cost that is not known in whole.
@Suite struct CostTextTests {
    private let history = History(seed: 12, count: 400)
    private let stored: StoredHistory
    private let query: String

    init() throws {
        stored = try StoredHistory(history)
        query = "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)&group_by=model"
    }

    private func text(_ more: String) -> String {
        stored.desk(now: history.minutes.upperBound * 60).answer(.costs, query: query + more).text
    }

    @Test func `CSV has the known part of a cost, and says why the cost itself is empty`() throws {
        let lines = text("&measures=cost,unpriced&format=csv").split(separator: "\n")
        #expect(lines[0] == "model,cost,known_cost,reason,unpriced")
        var reasons = 0
        for line in lines.dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            try #require(cells.count == 5, "\(line)")
            #expect(!cells[2].isEmpty)
            #expect(cells[1].isEmpty == (cells[4] != "0"))
            #expect(cells[3].isEmpty == (cells[4] == "0"))
            if !cells[1].isEmpty { #expect(cells[1] == cells[2]) }
            if cells[3].contains("\(cells[4]) of ") { reasons += 1 }
        }
        #expect(reasons > 0)
    }

    @Test(arguments: ["json", "flat", "csv"])
    func `a cost after repricing has its known part beside it`(format: String) throws {
        let answer = text("&measures=adjusted_cost&format=\(format)")
        guard format != "csv" else {
            #expect(answer.hasPrefix("model,adjusted_cost,known_adjusted_cost\n"))
            return
        }
        let object = try JSONSerialization.jsonObject(with: Data(answer.utf8))
        let rows = (object as? [String: Any])?["rows"] as? [[String: Any]] ?? object as? [[String: Any]] ?? []
        #expect(!rows.isEmpty)
        for row in rows { #expect(row["known_adjusted_cost"].map { !($0 is NSNull) } == true, "\(answer)") }
    }
}
