// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Foundation
import GRDB
import GenAI
import OTLP
import Pricing
import Synchronization
import TestData

@testable import Ledger

/// A folder of the file system with rows, which is removed with the value.
final class RowFolder {
    let path: String
    let symbols: SymbolTable
    let attributions: AttributionTable
    let texts: RowTexts
    let pricer: Pricer
    let clock = Clock()

    /// The time of the folder's stores, in nanoseconds since 1970.
    final class Clock: Sendable {
        private let time = Mutex(RowFolder.wall)
        var now: UInt64 { time.withLock { $0 } }
        func advance(days: UInt64) { time.withLock { $0 += days * 86_400_000_000_000 } }
        func setBack(days: UInt64) { time.withLock { $0 -= days * 86_400_000_000_000 } }
    }

    /// 2026-07-25T17:20:00Z.
    static let wall: UInt64 = 1_785_000_000_000_000_000
    private static let embedded = Result { try PriceBook.embedded() }

    init(labels: [LabelRule] = RowFolder.labels, dimensions: DimensionTable? = nil) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rows-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
        let symbols = SymbolTable()
        self.symbols = symbols
        let book = try Self.embedded.get()
        symbols.know(BookValues(of: [book]))
        attributions = AttributionTable(rules: labels, symbols: symbols)
        texts = RowTexts(
            shown: CallTexts(
                symbols: symbols, attributions: attributions, labels: ModelLabels(symbols: symbols),
                providerID: { _, _, _ in nil }), symbols: symbols, dimensions: dimensions)
        pricer = Pricer(book: book, symbols: symbols)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    static let labels = [
        LabelRule(name: "team", sources: [.span("team")]), LabelRule(name: "session", sources: [.span("session.id")]),
    ]

    /// The path of the database.
    var file: String { "\(path)/\(RowStore.fileName)" }

    /// Opens the rows.
    func store(_ change: (inout RowConfiguration) -> Void = { _ in }) throws -> RowStore {
        var configuration = RowConfiguration()
        configuration.retryMilliseconds = 1
        configuration.waitMilliseconds = 1
        configuration.busyMilliseconds = 20
        configuration.clockPatienceSeconds = 0
        change(&configuration)
        return try RowStore(
            path: file, configuration: configuration, texts: texts, wallNanoseconds: { [clock] in clock.now })
    }

    /// Prices calls.
    func priced(_ calls: [ModelCall]) -> PricedCalls { pricer.price(calls, arrivalNanoseconds: Self.wall) }

    /// The number that is the answer to a question.
    func value(_ sql: String) throws -> Int64? {
        try RowReader(path: file).read { try Int64.fetchOne($0, sql: sql) }
    }

    /// The rows that are the answer to a question.
    func rows(_ sql: String) throws -> [[Int64?]] {
        try RowReader(path: file).read { database in
            try Row.fetchAll(database, sql: sql).map { row in (0..<row.count).map { row[$0] } }
        }
    }

    /// A call of a trace that ends some time after the start of the folder's hour.
    func call(_ span: UInt64, trace: UInt64 = 1, endsAfter nanoseconds: UInt64 = 0) -> ModelCall {
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 9, traceIDLow: trace, spanID: span))
        call.endNanoseconds = Outside(Self.wall - 600_000_000_000 + nanoseconds)
        call.startNanoseconds = Outside(Self.wall - 601_000_000_000 + nanoseconds)
        call.provider = symbols.symbol(for: "openai", in: .provider)
        call.requestModel = symbols.symbol(for: "gpt-4o", in: .model)
        call.operation = symbols.symbol(for: "chat", in: .operation)
        call.reportsUsage = true
        call.usage[.input] = 100
        call.usage[.output] = 10
        return call
    }
}

extension RowStore {
    /// Flushes until retention has nothing to do.
    func settles() -> Bool {
        for _ in 0..<5_000 where flush() && !levels.kept.isBehind { return true }
        return false
    }

    /// Makes the database refuse to grow beyond a number of pages, as a full disk does.
    func limit(pages: Int) {
        try? database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
    }
}
