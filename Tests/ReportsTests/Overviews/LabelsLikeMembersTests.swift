// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Reports

/// Labels may be called like any member of rows; no object has a member twice.
@Suite struct LabelsLikeMembersTests {
    private static let names = [
        "calls", "cost", "time", "reason", "known_cost", "provisional", "change", "tier", "team",
    ]

    private let history = History(seed: 6, count: 80)
    private let stored: StoredHistory
    private let desk: QuestionDesk
    private let all: String

    init() throws {
        stored = try StoredHistory(history, dimensions: Self.names)
        desk = stored.desk(now: history.minutes.upperBound * 60)
        all = "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)"
    }

    /// The names of the members of the rows' first object, each as often as it is there.
    private static func members(_ text: String) throws -> [String] {
        let rows = try #require(text.range(of: #""rows": [{"#))
        let row = text[rows.upperBound...].prefix { $0 != "}" }
        return row.matches(of: #/(?:^|, )"([a-z_:]+)": /#).map { String($0.1) }
    }

    @Test(arguments: Self.names) func `a row of costs has each member once`(name: String) throws {
        for key in [name, "label:\(name)"] where name != "tier" || key != name {
            let query = "\(all)&group_by=\(key)&granularity=day&measures=cost,adjusted_cost,calls&limit=3"
            let members = try Self.members(desk.answer(.costs, query: query).text)
            let shown = name == "team" ? name : "label:\(name)"
            #expect(members.prefix(2) == ["time", shown])
            #expect(Set(members).count == members.count, "\(members)")
            let csv = desk.answer(.costs, query: query + "&format=csv").text
            let heads = csv.split(separator: "\n")[0].split(separator: ",")
            #expect(Set(heads).count == heads.count, "\(heads)")
            #expect(heads.prefix(2) == ["time", Substring(shown)])
        }
    }

    @Test func `a row of changes has each member once, and rows can be ordered by the label`() throws {
        let changes = desk.answer(.changes, query: "\(all)&group_by=change").text
        let members = try Self.members(changes)
        #expect(members.prefix(2) == ["label:change", "before"])
        #expect(Set(members).count == members.count)
        #expect(desk.answer(.costs, query: "\(all)&group_by=calls&order_by=-label:calls,calls").status == 200)
    }
}
