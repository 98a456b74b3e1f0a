// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Foundation
import GenAI
import OTLP
import Pricing
import Reports

@testable import Ledger
@testable import Pages

/// A small ledger that is always the same: two weeks of calls of three models by four users, with a twin, a duplicate, failed
/// calls, calls without a price, and sessions.
final class PageLedger: Sendable {
    let path: String

    /// 2026-07-25T17:20:00Z, a Saturday.
    static let wall: UInt64 = 1_785_000_000_000_000_000
    static let hostile = "\"'></bdi><script>alert(1)</script>\"\u{301} onmouseover=x &amp;"
    fileprivate static let embedded = Result { try PriceBook.embedded() }
    /// The book of the pages.
    static var book: PriceBook? { try? embedded.get() }

    init(isHostile: Bool = false, users: [String] = ["ada", "bruno", "chen", ""]) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
        try PageLedgerWriter(isHostile: isHostile, users: users).write("\(path)/\(RowStore.fileName)")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The pages of this ledger.
    func pages(_ rule: PageRule = .all) -> CostPages {
        let path = "\(path)/\(RowStore.fileName)"
        let desk = QuestionDesk(configuration: ReportsConfiguration(), seconds: { Int64(Self.wall / 1_000_000_000) }) {
            () throws(JournalError) -> RowReader in try RowReader(path: path)
        }
        return CostPages(desk, rule: rule) { Self.book }
    }

    /// The id of a trace.
    static func trace(_ number: UInt64) -> String {
        let digits = String(number << 8 | 7, radix: 16)
        return String(repeating: "0", count: 15) + "9" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Writes the calls of the ledger.
private struct PageLedgerWriter {
    private let symbols = SymbolTable()
    private let table = DimensionTable(rules: DimensionRule.defaults, monotonicNanoseconds: { 0 })
    private let texts: RowTexts
    private let pricer: Pricer
    /// Whether senders choose names that are HTML, or end an attribute.
    private let isHostile: Bool
    private let users: [String]
    private static let minute: UInt64 = 60_000_000_000

    init(isHostile: Bool, users: [String]) throws {
        (self.isHostile, self.users) = (isHostile, users)
        let book = try PageLedger.embedded.get()
        symbols.know(BookValues(of: [book]))
        let attributions = AttributionTable(rules: [], symbols: symbols)
        texts = RowTexts(
            shown: CallTexts(
                symbols: symbols, attributions: attributions, labels: ModelLabels(symbols: symbols),
                providerID: { _, _, _ in nil }), symbols: symbols, dimensions: table)
        pricer = Pricer(book: book, symbols: symbols)
    }

    /// Writes the rows.
    func write(_ file: String) throws {
        let store = try RowStore(
            path: file, configuration: RowConfiguration(), texts: texts, wallNanoseconds: { PageLedger.wall })
        store.start()
        write(to: store)
        store.stop()
    }

    private static let models = [
        ("openai", "gpt-4o"), ("anthropic", "claude-sonnet-4-5"), ("openai", "gpt-4o-mini"), ("acme", "orchid-preview"),
    ]

    private func write(to store: RowStore) {
        var calls: [ModelCall] = []
        // Traces 1 to 40 are spread over 19 days; each has some calls below a first one.
        for number in 1...40 as ClosedRange<UInt64> {
            let end = PageLedger.wall - number * 11 * 60 * Self.minute
            for index in 0...number % 4 { calls.append(call(number, index, end + index * 2_000_000_000)) }
        }
        store.append(
            pricer.price(calls, arrivalNanoseconds: PageLedger.wall), arrivalNanoseconds: PageLedger.wall, number: 1)
        let first = calls[0]
        let twin = call(1, 8, PageLedger.wall - 11 * 60 * Self.minute)
        store.append(
            [
                DroppedSpan(call: twin, outcome: .twin, inFavourOf: first.identity),
                DroppedSpan(call: first, outcome: .duplicate, inFavourOf: first.identity),
            ], arrivalNanoseconds: PageLedger.wall, number: 2)
        let roots = (1...3 as ClosedRange<UInt64>).map { number in
            let end = PageLedger.wall - number * 11 * 60 * Self.minute + 20_000_000_000
            return TraceRoot(
                high: 9, low: number << 8 | 7, name: isHostile ? PageLedger.hostile : "answer a question",
                start: end - 30_000_000_000, end: end)
        }
        store.append(roots, arrivalNanoseconds: PageLedger.wall, number: 3)
    }

    private func call(_ trace: UInt64, _ index: UInt64, _ end: UInt64) -> ModelCall {
        var call = ModelCall(
            identity: SpanIdentity(traceIDHigh: 9, traceIDLow: trace << 8 | 7, spanID: trace << 8 | (index + 1)))
        if index > 0 { call.parentSpanID = trace << 8 | 1 }
        call.endNanoseconds = Outside(end)
        call.startNanoseconds = Outside(end - (index + 1) * 1_500_000_000)
        let (provider, model) = Self.models[Int(trace + index) % (trace % 5 == 0 ? 4 : 3)]
        call.provider = symbols.symbol(for: provider, in: .provider)
        call.requestModel = symbols.symbol(
            for: isHostile && trace % 2 == 1 ? PageLedger.hostile + model : model, in: .model)
        call.operation = symbols.symbol(for: "chat", in: .operation)
        call.reportsUsage = true
        call.usage[.input] = Int64(1_000 * (trace % 7 + 1) + index)
        call.usage[.output] = Int64(100 * (trace % 3 + 1))
        if index == 1 { call.usage[.cacheRead] = 800 }
        let user = users[Int(trace % 4)]
        var values: [(String, String)] = [("service", "shop"), ("session", "session \(trace / 4)/\u{E9}")]
        if !user.isEmpty { values.append(("user", user)) }
        call.dimensions = table.set(
            ofRecorded: values.map {
                .init(name: $0.0, own: 0, offer: .max, isHashed: false, text: isHostile ? PageLedger.hostile : $0.1)
            })
        return call
    }
}
