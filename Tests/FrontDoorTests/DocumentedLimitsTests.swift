// SPDX-License-Identifier: Apache-2.0
import Billing
import HTTPAPI
import Ingest
import Pricing
import TestSupport
import Testing

@testable import llm_cost_exporter

/// The defaults in the table of limits of `docs/operations.md` are those of the code.
@Suite struct DocumentedLimitsTests {
    @Test func `limits with a setting have its default`() throws {
        let page = try MarkdownPage("docs/operations.md")
        let rows = try #require(page.tables.first { $0.heading == "Limits" }).rows
        let settings = Settings()
        let defaults: [String: String] = [
            "body as sent": "\(settings.http.maxBodyBytes >> 20) MiB",
            "body after decompression": "\(settings.maxInflatedBytes >> 20) MiB",
            "spans of one body": Self.grouped(settings.ingest.maxSpansPerBody),
            "connections of both listeners":
                "\(Self.grouped(settings.http.maxConnections)), of which \(settings.http.webConnections) are",
            "pages of unread answers": "\(settings.http.maxAnswerBytes >> 20) MiB",
            "time to read an answer": "\(settings.http.writeTimeout.components.seconds) s",
            "time for a body": "\(settings.http.bodyTimeout.components.seconds) s",
            "slowest rate of a body": "\(settings.http.minBodyRate >> 10) KiB a second",
            "spans that wait": Self.grouped(settings.billing.maxWaiting),
            "remembered ids":
                "\(Self.grouped(2 * settings.billing.rememberedKeys)) (\(settings.billing.rememberedBytes >> 20) MiB)",
            "remembered parents of spans": Self.grouped(settings.billing.rememberedParents),
            "series":
                "\(Self.grouped(settings.seriesCeiling)), of which \(Self.grouped(settings.seriesKeptForProcess)) (",
            "series of calls with a label value that the price book does not list":
                Self.grouped(settings.seriesCeiling - settings.seriesKeptForProcess - settings.seriesKeptForKnown),
            "names of models that the book knows only by a rule or another spelling":
                Self.grouped(settings.matchedModels),
            "names of models that the book does not know": Self.grouped(settings.unknownModels),
            "entries in the list of calls without a price": Self.grouped(settings.unpricedEntries),
            "cached prices, one per kind of call": Self.grouped(settings.pricing.cacheEntries),
        ]
        for (what, text) in defaults {
            let row = try #require(rows.first { $0[0].prefix { $0 != ";" } == what }, "\(what)")
            #expect(row[1].hasPrefix(text), "\(what)")
        }
    }

    /// A number with commas between its thousands.
    private static func grouped(_ number: Int) -> String {
        var text = "\(number)"
        var place = text.count - 3
        while place > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return text
    }
}
