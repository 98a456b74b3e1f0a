// SPDX-License-Identifier: Apache-2.0
import Pricing
import Reports
import Testing

@testable import Ledger
@testable import llm_cost_exporter

/// The result of `reprice` for people.
@Suite struct RepricingFormsTests {
    private static func used() throws -> RepricingForms.Used {
        let period = try Period(
            QuestionParameters(query: "from=2026-11-01&to=2026-11-02", known: Period.names), now: 1_796_000_000,
            zone: ZoneClock.utc)
        return RepricingForms.Used(period, try PriceBook.embedded(), isDry: true)
    }

    /// A report of one model.
    private static func report(_ sums: RepricingReport.Sums) -> RepricingReport {
        var report = RepricingReport(book: "book")
        report.models["m"] = sums
        return report
    }

    @Test func `what is not known is never shown as zero`() throws {
        var sums = RepricingReport.Sums()
        (sums.calls, sums.kept, sums.unpriced) = (2, 2, 2)
        let unknown = RepricingForms.lines(Self.report(sums), try Self.used())
        #expect(unknown[1].split(separator: " ") == ["m", "2", "0", "2", "unknown", "0", "0", "unknown"])

        // What one of them costs is known afterwards.
        (sums.kept, sums.changed, sums.newlyPriced, sums.unpriced) = (1, 1, 1, 1)
        sums.up = Dollars(femtodollars: 3_000_000_000_000_000)
        let partly = RepricingForms.lines(Self.report(sums), try Self.used())
        #expect(partly[1].split(separator: " ") == ["m", "2", "1", "1", "unknown", "3", "0", "3"])
    }

    @Test func `no call is in two lines of the notes`() throws {
        var sums = RepricingReport.Sums()
        (sums.calls, sums.changed, sums.newlyPriced) = (10, 3, 3)
        (sums.kept, sums.keptPriced, sums.withoutUsage, sums.skipped) = (3, 2, 1, 3)
        sums.unpriced = 2
        let lines = RepricingForms.lines(Self.report(sums), try Self.used())
        let notes = lines.filter { $0.first?.isNumber == true }
        #expect(
            notes == [
                "3 calls had no price and now have one",
                "2 calls without a price in this book: their earlier cost stays",
                "1 call without a price in this book either: its cost is not known, and not in the dollars",
                "1 call without usage: its cost is not known, and not in the dollars; no price helps",
                "3 calls left as they are: machines that are paid by time, names beyond a limit, or a tenant that this book "
                    + "lacks",
            ])
    }

    @Test func `times of which no calls were kept are named`() throws {
        var report = Self.report(RepricingReport.Sums())
        report.gaps = [29_709_360..<29_709_450]
        #expect(
            RepricingForms.lines(report, try Self.used()).contains(
                "single calls were not kept from 2026-06-27T12:00:00Z to 2026-06-27T13:30:00Z (storage.calls: false): "
                    + "their cost stays"))
        #expect(
            RepricingForms.json(report, try Self.used()).contains(
                #""calls_not_kept": [{"from": "2026-06-27T12:00:00Z", "to": "2026-06-27T13:30:00Z"}]"#))
    }
}
