// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Foundation
import GenAI
import OTLP
import Pricing
import TestData

@testable import Ledger
@testable import Reports

/// The same random calls in a folder and in memory.
final class KeptTwice {
    /// 2026-07-25T17:20:00Z.
    static let wall: UInt64 = 1_785_000_000_000_000_000
    private static let embedded = Result { try PriceBook.embedded() }

    let memory: MemoryLedger
    /// Answers from memory.
    let remembered: QuestionDesk
    private let symbols = SymbolTable()
    private let dimensions: DimensionTable
    private let pricer: Pricer
    private let book: PriceBook
    private let folder: String
    private let store: RowStore
    private var generator: SeededGenerator
    private var number: UInt64 = 0

    /// Opens both.
    ///
    /// - Parameters:
    ///   - seed: Chooses the calls.
    ///   - most: The ceiling of what is kept in memory.
    ///   - mostSums: The ceiling of sums in memory.
    /// - Throws: When a database cannot be made.
    init(seed: UInt64, most: Int, mostSums: Int? = nil) throws {
        generator = SeededGenerator(seed: seed)
        folder = NSTemporaryDirectory() + "twice-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        book = try Self.embedded.get()
        symbols.know(BookValues(of: [book]))
        dimensions = DimensionTable(rules: DimensionRule.defaults, monotonicNanoseconds: { 0 })
        pricer = Pricer(book: book, symbols: symbols)
        let texts = RowTexts(
            shown: CallTexts(
                symbols: symbols, attributions: AttributionTable(rules: [], symbols: symbols),
                labels: ModelLabels(symbols: symbols), providerID: { _, _, _ in nil }), symbols: symbols,
            dimensions: dimensions)
        store = try RowStore(
            path: "\(folder)/\(RowStore.fileName)", configuration: RowConfiguration(), texts: texts,
            wallNanoseconds: { Self.wall })
        store.start()
        let ledger = MemoryLedger(
            most: most, configuration: RowConfiguration(), texts: texts, mostSums: mostSums,
            wallNanoseconds: { Self.wall })
        memory = ledger
        var configuration = ReportsConfiguration()
        configuration.storage = .memory
        remembered = QuestionDesk(configuration: configuration, seconds: { Int64(Self.wall / 1_000_000_000) }) {
            () throws(JournalError) -> RowReader in RowReader(ledger)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Ends writing to the folder.
    ///
    /// - Returns: Answers from it.
    func stored() -> QuestionDesk {
        store.stop()
        let path = "\(folder)/\(RowStore.fileName)"
        return QuestionDesk(configuration: ReportsConfiguration(), seconds: { Int64(Self.wall / 1_000_000_000) }) {
            () throws(JournalError) -> RowReader in try RowReader(path: path)
        }
    }

    // MARK: Keeping

    /// Keeps a body's worth of calls, dropped spans, roots and charges in both.
    ///
    /// - Parameter hours: How far the calls go back.
    func keep(hours: UInt64 = 48) {
        number += 1
        if chance(8) { pricer.replace(book: book) }
        let made = (0..<UInt64.random(in: 1...30, using: &generator)).map { call($0, hours) }
        let priced = pricer.price(made, arrivalNanoseconds: Self.wall)
        if chance(3) {
            let dropped = made.prefix(2).map { DroppedSpan(call: $0, outcome: .twin, inFavourOf: made[0].identity) }
            store.append(dropped, arrivalNanoseconds: Self.wall, number: number)
            memory.append(dropped)
        }
        if chance(3) { name(made[0]) }
        if chance(4) {
            let charge = MachineCharge(
                model: "llama", provider: "own", operation: "chat",
                values: dimensions.rules.map { $0.name == "user" ? "ann" : "" },
                amount: Dollars(femtodollars: Int128(Int64.random(in: 1...9_999_999, using: &generator))))
            store.append([charge], arrivalNanoseconds: Self.wall, number: number)
            memory.append([charge], at: Self.wall)
        }
        store.append(priced, arrivalNanoseconds: Self.wall, number: number)
        memory.receive(priced, arrivalNanoseconds: Self.wall)
    }

    /// Lets the root of a call's trace arrive.
    private func name(_ call: ModelCall) {
        let root = TraceRoot(
            high: call.identity.traceIDHigh, low: call.identity.traceIDLow, name: "checkout",
            start: Self.wall - 60_000_000_000, end: Self.wall)
        store.append([root], arrivalNanoseconds: Self.wall, number: number)
        memory.append([root], arrivalNanoseconds: Self.wall)
    }

    private func call(_ index: UInt64, _ hours: UInt64) -> ModelCall {
        let trace = UInt64.random(in: 1...60, using: &generator)
        var call = ModelCall(
            identity: SpanIdentity(traceIDHigh: 9, traceIDLow: trace << 40 | 7, spanID: number * 1_000 + index + 1))
        let end = Self.wall - UInt64.random(in: 0...hours * 3_600_000_000_000, using: &generator)
        call.endNanoseconds = Outside(chance(40) ? end + (1 << 60) : end)
        call.startNanoseconds = Outside(end - 1_500_000_000)
        call.provider = symbols.symbol(for: pick(["openai", "anthropic"]), in: .provider)
        let models = ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "no-such-model"]
        call.requestModel = symbols.symbol(for: pick(models), in: .model)
        call.operation = symbols.symbol(for: pick(["chat", "embeddings"]), in: .operation)
        if chance(5) { call.tier = symbols.symbol(for: "batch", in: .tier) }
        if chance(6) { call.reportedFemtodollars = .random(in: 0...1_000_000_000_000, using: &generator) }
        if chance(5) { call.units[.webSearch] = .random(in: 1...3, using: &generator) }
        call.isStream = chance(3)
        if chance(7) {
            call.hasFailed = true
            call.errorType = symbols.symbol(for: "timeout", in: .errorType)
        }
        call.reportsUsage = true
        for tokenClass in [TokenClass.input, .output, .cacheRead, .reasoning] where chance(2) {
            call.usage[tokenClass] = .random(in: 1...9_999, using: &generator)
        }
        let values = [
            ("user", pick(["ann", "ben", "it's €", ""])), ("session", "s\(trace % 20)"),
            ("service", pick(["web", ""])),
        ]
        call.dimensions = dimensions.set(
            ofRecorded: values.filter { !$0.1.isEmpty }.map {
                DimensionTable.RecordedValue(name: $0.0, own: 0, offer: .max, isHashed: false, text: $0.1)
            })
        return call
    }

    private func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &generator) == 0 }
    private func pick(_ texts: [String]) -> String { texts.randomElement(using: &generator) ?? "" }
}
