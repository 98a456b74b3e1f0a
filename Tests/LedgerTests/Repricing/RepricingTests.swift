// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import GenAI
import OTLP
import Pricing
import TestData
import Testing

@testable import Ledger

/// Kept calls get the prices of another book as adjustments, and stay as they were counted.
@Suite struct RepricingTests {
    private static let minutes: Range<Int64> = 26_297_280..<68_374_080

    private static func book(_ text: String) throws -> PriceBook {
        try PriceBook.load([PriceBook.Source(name: "own.yaml", bytes: Array(text.utf8))])
    }

    private static func dearer() throws -> PriceBook {
        try book(
            """
            format: pricebook/1
            version: dearer
            discount: [{by: "2"}, {provider: anthropic, by: "0.5"}]
            models:
              - id: openai/a-model-of-our-own
                provider: openai
                names: [a-model-of-our-own]
                prices: [{rates: {input: "1", output: "2", cache_read: "1", reasoning: "2"}}]
            """)
    }

    /// A folder with random calls.
    private func folder(_ seed: UInt64, calls count: Int = 300) throws -> (RowFolder, [ModelCall]) {
        let folder = try RowFolder(labels: [])
        var maker = SpanMaker(symbols: folder.symbols, generator: SeededGenerator(seed: seed))
        let calls = (0..<UInt64(count)).map { maker.call($0 + 1, in: $0 / 5) }
        let store = try folder.store()
        store.start()
        store.append(folder.priced(calls), arrivalNanoseconds: RowFolder.wall, number: 1)
        #expect(store.flush())
        store.stop()
        return (folder, calls)
    }

    private func reprice(
        _ folder: RowFolder, _ book: PriceBook, isDry: Bool = false, minutes: Range<Int64> = Self.minutes,
        accepts: @escaping (String) -> Bool = { _ in true }
    ) throws -> RepricingReport {
        var repricing = Repricing(
            of: folder.path, Repricing.Selection(minutes: minutes, accepts: accepts), book: book,
            configuration: PricerConfiguration(), isDry: isDry, now: 1_785_000_000)
        return try repricing.run { _, _ in }
    }

    @Test(arguments: 1..<6 as Range<UInt64>)
    func `the prices by which calls were counted change nothing`(seed: UInt64) throws {
        let (folder, calls) = try folder(seed)
        let report = try reprice(folder, try PriceBook.embedded())
        #expect(report.total.calls == Int64(calls.count))
        #expect(report.total.changed == 0 && report.total.skipped == 0)
        #expect(report.total.before == report.total.after)
        #expect(try folder.value("SELECT count(*) FROM adjustments") == 0)
        #expect(try folder.value("SELECT count(*) FROM repricings") == 0)
    }

    @Test(arguments: 1..<6 as Range<UInt64>)
    func `other prices make each call as dear as they would have`(seed: UInt64) throws {
        let (folder, calls) = try folder(seed)
        let other = Pricer(book: try Self.dearer(), symbols: folder.symbols)
        func cost(_ priced: PricedCall) -> Dollars? {
            switch priced.outcome {
            case .priced(_, let cost), .reported(let cost): cost
            case .nothingToPrice: priced.call.hasFailed ? .zero : nil
            case .unpriced: nil
            }
        }
        let before = folder.priced(calls).map(cost)
        let after = other.price(calls, arrivalNanoseconds: RowFolder.wall).map(cost)
        let wanted = zip(before, after).reduce(Dollars.zero) { $0 + ($1.1 ?? $1.0 ?? .zero) }

        let dry = try reprice(folder, try Self.dearer(), isDry: true)
        #expect(try folder.value("SELECT count(*) FROM adjustments") == 0)
        let report = try reprice(folder, try Self.dearer())
        #expect(report == dry)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [RowStore.fileName])
        #expect(report.total.after == wanted)
        #expect(report.total.before == before.reduce(Dollars.zero) { $0 + ($1 ?? .zero) })
        #expect(report.total.newlyPriced == Int64(zip(before, after).count { $0 == nil && $1 != nil }))
        #expect(report.total.up > .zero && report.total.down < .zero)

        // What is written is what was reported, and calls and roll-ups are as they were counted.
        let sums = try #require(try folder.rows("SELECT sum(micros), sum(rest) FROM adjustments").first)
        #expect(
            RowMoney(micros: sums[0] ?? 0, rest: sums[1] ?? 0).femtodollars
                == (report.total.up + report.total.down).femtodollars)
        let adjusted = try folder.rows("SELECT up, sum(micros), sum(rest) FROM adjusted GROUP BY up ORDER BY up")
        #expect(
            adjusted.map { RowMoney(micros: $0[1] ?? 0, rest: $0[2] ?? 0).femtodollars }
                == [(-report.total.down).femtodollars, report.total.up.femtodollars])
        for table in ["calls", "rollups WHERE dimension = 0"] {
            let counted = try #require(try folder.rows("SELECT sum(micros), sum(rest) FROM \(table)").first)
            let sum = RowMoney(micros: counted[0] ?? 0, rest: counted[1] ?? 0).femtodollars
            #expect(sum == report.total.before.femtodollars)
        }

        // A second time there is nothing to do, and the first prices take it back.
        #expect(try reprice(folder, try Self.dearer()).total.changed == 0)
        let back = try reprice(folder, try PriceBook.embedded())
        let kept = zip(before, after).reduce(Dollars.zero) { $0 + ($1.0 ?? $1.1 ?? .zero) }
        #expect(back.total.after == kept)
        #expect(try folder.value("SELECT count(*) FROM repricings") == 2)
    }

    @Test func `each call that keeps what it had is counted once, and calls without usage apart`() throws {
        let folder = try RowFolder(labels: [])
        // A model that the other book lacks, a model that no book has, and a call without usage.
        let own = try Self.book(
            """
            format: pricebook/1
            version: own
            models: [{id: openai/own-a, provider: openai, names: [own-a], prices: [{rates: {input: "1", output: "1"}}]}]
            """)
        let calls = ["own-a", "own-b", "own-b", "own-a"].enumerated().map { index, model in
            var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: UInt64(index + 1)))
            call.endNanoseconds = Outside(RowFolder.wall - 60_000_000_000)
            call.startNanoseconds = Outside(RowFolder.wall - 61_000_000_000)
            call.provider = folder.symbols.symbol(for: "openai", in: .provider)
            call.requestModel = folder.symbols.symbol(for: model, in: .model)
            if index < 3 { (call.reportsUsage, call.usage[.input]) = (true, 1_000_000) }
            return call
        }
        let store = try folder.store()
        store.start()
        let priced = Pricer(book: own, symbols: folder.symbols).price(calls, arrivalNanoseconds: RowFolder.wall)
        store.append(priced, arrivalNanoseconds: RowFolder.wall, number: 1)
        #expect(store.flush())
        store.stop()
        let total = try reprice(folder, try Self.dearer()).total
        #expect(total.calls == 4 && total.changed == 0 && total.skipped == 0)
        #expect(total.kept == 3 && total.keptPriced == 1)
        #expect(total.withoutUsage == 1)
        #expect(total.unpriced == 3 && total.unpricedBefore == 3)
    }

    @Test func `only calls of the period and the model are priced again`() throws {
        let (folder, _) = try folder(9)
        let one = try reprice(folder, try Self.dearer(), accepts: { $0 == "gpt-4o" })
        #expect(Set(one.models.filter { $0.value.changed > 0 }.keys) == ["gpt-4o"])
        #expect(one.models.keys.allSatisfy { $0 == "gpt-4o" })
        let none = try reprice(folder, try Self.dearer(), minutes: 26_297_280..<26_297_290)
        #expect(none.models.isEmpty)
    }

    @Test func `a service that writes meanwhile goes on`() throws {
        let (folder, calls) = try folder(10)
        let store = try folder.store()
        store.start()
        _ = try reprice(folder, try Self.dearer())
        store.append(folder.priced(calls), arrivalNanoseconds: RowFolder.wall, number: 2)
        #expect(store.flush())
        _ = try reprice(folder, try Self.dearer())
        #expect(!store.hasFailed)
        // The service shows what the other process has written.
        #expect(store.flush())
        let shown = store.figures.adjustments
        #expect(shown.filter(\.isUp).reduce(0) { $0 + $1.amount } > 0)
        #expect(Set(shown.map(\.model)).contains("gpt-4o"))
        store.stop()
        #expect(try folder.value("SELECT count(*) FROM calls") == Int64(2 * calls.count))
    }

    @Test func `adjustments go with their calls, and their sums stay`() throws {
        let (folder, _) = try folder(11)
        _ = try reprice(folder, try Self.dearer())
        #expect(try #require(try folder.value("SELECT count(*) FROM adjustments")) > 0)
        let sums = try folder.rows("SELECT up, micros, rest FROM adjusted ORDER BY model, up")
        folder.clock.advance(days: 200)
        let store = try folder.store()
        store.start()
        #expect(store.settles())
        store.stop()
        #expect(try folder.value("SELECT count(*) FROM calls") == 0)
        #expect(try folder.value("SELECT count(*) FROM adjustments") == 0)
        #expect(try folder.rows("SELECT up, micros, rest FROM adjusted ORDER BY model, up") == sums)
    }

    @Test func `a tenant's calls have the tenant's prices, and stay as they are if the book lacks it`() throws {
        let folder = try RowFolder(labels: [])
        var texts = folder.texts
        texts.tenant = { $0 == 0 ? "" : "acme" }
        let store = try RowStore(
            path: folder.file, configuration: RowConfiguration(), texts: texts, wallNanoseconds: { RowFolder.wall })
        store.start()
        var call = folder.call(1)
        call.tenantClass = 7
        var unknown = folder.call(3)
        unknown.tenantClass = 7
        unknown.requestModel = folder.symbols.symbol(for: "no-such-model", in: .model)
        unknown.responseModel = .absent
        store.append(folder.priced([call, folder.call(2), unknown]), arrivalNanoseconds: RowFolder.wall, number: 1)
        #expect(store.flush())
        store.stop()
        let lacking = try reprice(folder, try Self.dearer(), isDry: true)
        #expect(lacking.total.skipped == 2 && lacking.total.changed == 1)
        #expect(lacking.total.unpriced == 1 && lacking.total.kept == 0)
        let own = try Self.book(
            """
            format: pricebook/1
            version: tenants
            tenants:
              acme:
                match: {resource: {service.name: [acme-app]}}
                discount: [{by: "0.5"}]
            """)
        let report = try reprice(folder, own)
        #expect(report.total.changed == 1 && report.total.skipped == 0)
        #expect(report.total.unpriced == 1 && report.total.kept == 1)
        #expect(report.total.down < .zero && report.total.up == .zero)
    }

    @Test func `rows of another version are not touched`() throws {
        let folder = try RowFolder()
        try RowDatabase.open(folder.file, migrations: RowMigrations(steps: [RowMigrations.current.steps[0]])).close()
        #expect(throws: JournalError.olderRows("ledger.db", 1, reads: RowMigrations.current.latest)) {
            try reprice(folder, try PriceBook.embedded())
        }
    }
}
