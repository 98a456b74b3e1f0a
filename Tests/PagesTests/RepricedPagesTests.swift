// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import Pricing
import TestSupport
import Testing

@testable import Pages

/// The pages of a ledger whose calls were priced again.
@Suite struct RepricedPagesTests {
    private let ledger: PageLedger

    init() throws {
        ledger = try PageLedger()
        try reprice("format: pricebook/1\nversion: dearer\ndiscount: [{by: \"3\"}]")
    }

    /// Prices all calls again, by a price file.
    private func reprice(_ text: String) throws {
        var repricing = Repricing(
            of: ledger.path, Repricing.Selection(minutes: 26_297_280..<68_374_080),
            book: try PriceBook.load([PriceBook.Source(name: "own.yaml", bytes: Array(text.utf8))]),
            configuration: PricerConfiguration(), isDry: false, now: Int64(PageLedger.wall / 1_000_000_000))
        _ = try repricing.run { _, _ in }
    }

    private func page(_ link: String) throws -> String {
        let reply = ledger.pages().reply(try #require(PageAddress(path: link)), query: nil)
        #expect(reply.status == 200)
        let page = try HTMLReader.document(reply.html)
        #expect(HTMLRules.mistakes(in: page) == [])
        #expect(AccessibilityRules(page: page).mistakes == [])
        return reply.html
    }

    /// The number of figures of a page that have a figure after repricing next to them.
    private static func repriced(_ page: String) -> Int { page.components(separatedBy: " after repricing").count - 1 }

    @Test func `a trace shows what it costs by the latest prices, and so does each call`() throws {
        // The trace and its three calls.
        let page = try page("/traces/\(PageLedger.trace(2))")
        #expect(Self.repriced(page) == 4, "\(page)")
    }

    @Test func `calls that had no price have one in all places once a price file has it`() throws {
        for link in ["/unpriced", "/models/orchid-preview"] {
            #expect(try !page(link).lowercased().contains("repricing"), "\(link)")
        }
        try reprice(
            """
            format: pricebook/1
            version: own
            providers:
              acme: {}
            models:
              - id: acme/orchid-preview
                provider: acme
                names: [orchid-preview]
                prices:
                  - rates: {input: "1", output: "2"}
            """)
        #expect(try page("/models/orchid-preview").contains("Cost after repricing"))
        #expect(try page("/unpriced").contains("Repricing has found"))
    }

    @Test func `a session shows it, and so do its traces and the overview`() throws {
        // The session and its three traces.
        let session = try page("/sessions/session%200%2F%C3%A9")
        #expect(Self.repriced(session) == 4, "\(session)")
        let overview = try page("/")
        #expect(overview.contains("Cost after repricing"))
        #expect(overview.contains("as counted"))
    }

    @Test(arguments: ["/", "/users", "/models/gpt-4o"])
    func `a table of groups shows it for each group`(link: String) throws {
        let rows =
            try page(link).components(separatedBy: "aria-labelledby=\"breakdown\"").last?
            .components(separatedBy: "</section>").first?.components(separatedBy: "<tr><th scope=\"row\">").dropFirst()
            ?? []
        #expect(!rows.isEmpty && rows.contains { Self.repriced($0) == 1 }, "\(rows)")
        for row in rows where !row.contains("unknown") && !row.contains("without a price") {
            #expect(Self.repriced(row) == 1, "\(row)")
        }
    }
}
