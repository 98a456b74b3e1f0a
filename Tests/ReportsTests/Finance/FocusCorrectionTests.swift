// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pricing
import Testing

@testable import Reports

/// Calls that arrive after their month was closed.
///
/// The month is March 2026, and the calls of its last days are in the rows.
@Suite struct FocusCorrectionTests {
    private let history: History
    private let stored: StoredHistory
    private let desk: QuestionDesk

    init() throws {
        history = History(seed: 14, count: 300).withCards(seed: 5)
        stored = try StoredHistory(history)
        // Days since 1970: 23 March and 20 April 2026. The kinds from number 150 on are those of the latter.
        try stored.execute("INSERT INTO ages VALUES (20535, 1, 1), (20563, 150, 1)")
        desk = stored.desk(now: 1_778_000_000)
    }

    private func file(_ query: String) throws -> FocusFile {
        let reply = desk.answer(.export, query: "format=focus&" + query)
        return try FocusFile(#require(reply.export, "\(reply.text)"))
    }

    private var total: Decimal {
        let calls = history.calls.reduce(Dollars.zero) { $0 + ($1.cost ?? .zero) }
        return FocusFile.decimal(history.machines.reduce(calls) { $0 + $1.cost }.description)
    }

    @Test(arguments: ["UTC", "America/Los_Angeles", "Asia/Kathmandu"])
    func `the files of months that follow one another have each call once`(zone: String) throws {
        let files = try ["03-01&to=2026-04-01", "04-01&to=2026-05-01", "05-01&to=2026-06-01"].map {
            try file("from=2026-\($0)&tz=\(zone)")
        }
        #expect(files.reduce(0) { $0 + $1.sum("BilledCost") } == total)
        for file in files { #expect(FocusRules.broken(by: file).prefix(5) == []) }
    }

    @Test func `what arrives after the close of its month is a correction in the month of its arrival`() throws {
        let march = try file("from=2026-03-01&to=2026-04-01")
        #expect(march.rows.allSatisfy { $0["ChargeClass"] == "" })
        let april = try file("from=2026-04-01&to=2026-05-01")
        let corrections = april.rows.filter { $0["ChargeClass"] == "Correction" }
        #expect(!corrections.isEmpty)
        for row in corrections {
            #expect(row["BillingPeriodStart"] == "2026-04-01T00:00:00Z")
            #expect(row["ChargePeriodStart"]?.hasPrefix("2026-03-") == true)
        }
        let others = april.rows.filter { $0["ChargeClass"] == "" }
        #expect(others.allSatisfy { $0["ChargePeriodStart"]?.hasPrefix("2026-04-") == true })
        // The file of the days before the arrival has none of them, and that of its day has them all.
        #expect(try file("from=2026-04-03&to=2026-04-20").rows.allSatisfy { $0["ChargeClass"] == "" })
        let day = try file("from=2026-04-20&to=2026-04-21")
        #expect(day.sum("BilledCost") == april.sum("BilledCost") { $0["ChargeClass"] == "Correction" })
    }

    /// The adjustments of the first calls, by the time of repricing: 2 April, while March is open, and 25 April 2026.
    private func reprice() throws -> (open: Decimal, closed: Decimal) {
        try stored.execute(
            """
            CREATE TABLE IF NOT EXISTS repricings(id INTEGER PRIMARY KEY, at INT, book TEXT, first INT, last INT, model TEXT);
            CREATE TABLE IF NOT EXISTS adjustments(call INT, repricing INT, micros INT, rest INT);
            INSERT INTO repricings VALUES (1, 1775088000, 'new', 0, 1, ''), (2, 1777075200, 'newer', 0, 1, '');
            INSERT INTO adjustments SELECT id, 1, -1000, 1 FROM calls ORDER BY id LIMIT 30;
            INSERT INTO adjustments SELECT id, 2, 500000, 7 FROM calls ORDER BY id LIMIT 20;
            """)
        return (FocusFile.decimal("-0.02999999999997"), FocusFile.decimal("10.00000000000014"))
    }

    @Test func `repricing is an adjustment: of its month while that is open, a correction later`() throws {
        let (open, closed) = try reprice()
        let march = try file("from=2026-03-01&to=2026-04-01")
        let april = try file("from=2026-04-01&to=2026-05-01")
        func isAdjustment(_ row: [String: String]) -> Bool { row["ChargeCategory"] == "Adjustment" }
        #expect(march.sum("BilledCost", where: isAdjustment) == open)
        #expect(april.sum("BilledCost", where: isAdjustment) == closed)
        #expect(march.rows.filter(isAdjustment).allSatisfy { $0["ChargeClass"] == "" })
        #expect(
            april.rows.filter(isAdjustment).allSatisfy { row in
                row["ChargeClass"] == "Correction" && row["BillingPeriodStart"] == "2026-04-01T00:00:00Z"
                    && row["ChargePeriodStart"]?.hasPrefix("2026-03-") == true
            })
        #expect(march.sum("BilledCost") + april.sum("BilledCost") == total + open + closed)
        for file in [march, april] { #expect(FocusRules.broken(by: file).prefix(5) == []) }
    }

    @Test func `usage sums to the known cost, and with adjustments to that after repricing`() throws {
        _ = try reprice()
        let period = "from=2026-03-01&to=2026-06-01"
        let answer = desk.answer(.costs, query: period + "&measures=cost,adjusted_cost").text
        let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
        let row = try #require((object?["rows"] as? [[String: Any]])?.first)
        let known = FocusFile.decimal(try #require(row["known_cost"] as? String))
        let adjusted = FocusFile.decimal(try #require(row["known_adjusted_cost"] as? String))
        let file = try file(period)
        #expect(known != adjusted)
        #expect(file.sum("BilledCost") { $0["ChargeCategory"] == "Usage" } == known)
        #expect(file.sum("BilledCost") == adjusted)
    }

    @Test func `a month that is still open has its late calls itself`() throws {
        let march = try file("from=2026-03-01&to=2026-04-01&close_days=30")
        let april = try file("from=2026-04-01&to=2026-05-01&close_days=30")
        #expect(april.rows.allSatisfy { $0["ChargeClass"] == "" })
        #expect(march.sum("BilledCost") + april.sum("BilledCost") == total)
    }
}
