// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Foundation
import GRDB
import GenAI
import Pricing

@testable import Ledger

/// A folder of the file system with rows, which is removed with the value.
final class RowFolder {
    let path: String
    let symbols: SymbolTable
    let attributions: AttributionTable
    var texts: RowTexts

    init(labels: [LabelRule] = []) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rows-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
        let symbols = SymbolTable()
        self.symbols = symbols
        attributions = AttributionTable(rules: labels, symbols: symbols)
        texts = RowTexts(
            shown: CallTexts(
                symbols: symbols, attributions: attributions, labels: ModelLabels(symbols: symbols),
                providerID: { _, _, _ in nil }), symbols: symbols)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of the database.
    var file: String { "\(path)/\(RowStore.fileName)" }

    /// Opens the rows.
    func store(_ change: (inout RowConfiguration) -> Void = { _ in }, now: UInt64 = LedgerRooms.wall) throws -> RowStore {
        var configuration = RowConfiguration()
        configuration.retryMilliseconds = 1
        change(&configuration)
        return try RowStore(path: file, configuration: configuration, texts: texts, wallNanoseconds: { now })
    }

    /// The first column of a question's first row.
    func value(_ sql: String) throws -> Int64? {
        try RowReader(path: file).read { try Int64.fetchOne($0, sql: sql) }
    }
}
