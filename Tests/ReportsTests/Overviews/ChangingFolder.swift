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

/// A folder whose settings get and lose dimensions from one start to the next.
final class ChangingFolder {
    /// 2026-07-25T17:20:00Z.
    static let wall: UInt64 = 1_785_000_000_000_000_000
    private static let embedded = Result { try PriceBook.embedded() }

    /// Whether calls of a start have a dimension, and whether it has roll-ups.
    enum Keeping {
        case off, withoutRollups, rolled
    }

    /// One start: its settings, and how many minutes ago the calls ended that it gets.
    struct Start {
        var team = Keeping.rolled
        var users = UserTreatment.keep
        let minutes: [UInt64]
    }

    /// What is known of a call by other means than roll-ups.
    struct Kept {
        let model: String
        /// The dimensions that roll-ups have of it.
        let values: [String: String]
        let cost: Dollars
    }

    let path: String
    private(set) var kept: [Kept] = []
    private let symbols = SymbolTable()
    private let pricer: Pricer
    private var span: UInt64 = 0
    private var number: UInt64 = 0

    /// Makes a folder by some starts, one after the other.
    init(_ starts: [Start]) throws {
        path = NSTemporaryDirectory() + "changing-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let book = try Self.embedded.get()
        symbols.know(BookValues(of: [book]))
        pricer = Pricer(book: book, symbols: symbols)
        for start in starts { try run(start) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func run(_ start: Start) throws {
        var rules = [DimensionRule(name: "user", sources: [.span("user.id")])]
        if start.team != .off {
            rules.append(DimensionRule(name: "team", sources: [.span("team")], isRolledUp: start.team == .rolled))
        }
        let table = DimensionTable(rules: rules, users: start.users, monotonicNanoseconds: { 0 })
        let texts = RowTexts(
            shown: CallTexts(
                symbols: symbols, attributions: AttributionTable(rules: [], symbols: symbols),
                labels: ModelLabels(symbols: symbols), providerID: { _, _, _ in nil }), symbols: symbols,
            dimensions: table)
        let store = try RowStore(
            path: "\(path)/\(RowStore.fileName)", configuration: RowConfiguration(), texts: texts,
            wallNanoseconds: { Self.wall })
        store.start()
        for minutes in start.minutes {
            span += 1
            number += 1
            let values = [
                "user": ["ann", "ben", ""][Int(span % 3)], "team": ["red", "blue", "red", ""][Int(span % 4)],
            ]
            let model = ["gpt-4o", "gpt-4o-mini"][Int(span % 2)]
            var call = call(minutes, model)
            call.dimensions = table.set(
                ofRecorded: values.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map {
                    DimensionTable.RecordedValue(name: $0.key, own: 0, offer: .max, isHashed: false, text: $0.value)
                })
            let priced = pricer.price([call], arrivalNanoseconds: Self.wall)
            var cost = Dollars.zero
            if case .priced(_, let amount) = priced[0].outcome { cost = amount }
            kept.append(
                Kept(
                    model: model,
                    values: [
                        "user": start.users == .keep ? values["user"] ?? "" : "",
                        "team": start.team == .rolled ? values["team"] ?? "" : "",
                    ], cost: cost))
            store.append(priced, arrivalNanoseconds: Self.wall, number: number)
        }
        store.stop()
    }

    private func call(_ minutes: UInt64, _ model: String) -> ModelCall {
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 9, traceIDLow: span << 40 | 7, spanID: span))
        let end = Self.wall - minutes * 60_000_000_000
        call.endNanoseconds = Outside(end)
        call.startNanoseconds = Outside(end - 1_500_000_000)
        call.provider = symbols.symbol(for: "openai", in: .provider)
        call.requestModel = symbols.symbol(for: model, in: .model)
        call.operation = symbols.symbol(for: "chat", in: .operation)
        call.reportsUsage = true
        // So that the cost of each subset of calls differs from that of each other one.
        call.usage[.input] = 1 << Int64(span)
        call.usage[.output] = Int64(span)
        return call
    }

    /// Answers questions.
    var desk: QuestionDesk {
        QuestionDesk(configuration: ReportsConfiguration(), seconds: { Int64(Self.wall / 1_000_000_000) }) {
            [path] () throws(JournalError) -> RowReader in try RowReader(path: "\(path)/\(RowStore.fileName)")
        }
    }
}
