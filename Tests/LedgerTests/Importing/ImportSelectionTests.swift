// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import OTLP
import Testing

@testable import Ledger

/// Which spans of a file the rows have already.
@Suite struct ImportSelectionTests {
    private static let day: UInt64 = 86_400_000_000_000

    private static func call(_ folder: RowFolder, _ span: UInt64, daysAgo days: UInt64) -> ModelCall {
        var call = folder.call(span, trace: 7)
        call.startNanoseconds = Outside(RowFolder.wall - days * day - 1_000_000_000)
        call.endNanoseconds = Outside(RowFolder.wall - days * day)
        return call
    }

    @Test func `spans of one trace are known on each of its days, in whichever order they come`() throws {
        let folder = try RowFolder()
        let calls = [Self.call(folder, 1, daysAgo: 10), Self.call(folder, 2, daysAgo: 6)]
        for (number, call) in calls.enumerated() {
            let store = try folder.store()
            store.start()
            store.append(folder.priced([call]), arrivalNanoseconds: nil, number: UInt64(number + 1))
            store.stop()
        }
        let unknown = Self.call(folder, 3, daysAgo: 6)
        let queue = try RowDatabase.open(folder.file)
        for order in [calls, calls.reversed()] {
            var selection = ImportSelection(now: RowFolder.wall, keptSince: 0, configuration: RowConfiguration())
            var writer = RowWriter(configuration: RowConfiguration(), texts: folder.texts)
            var report = LedgerImport.Report()
            try queue.inDatabase { database in
                selection.begin()
                _ = try selection.choose(
                    .calls(folder.priced(order + [unknown]), arrivalNanoseconds: RowFolder.wall, number: 3), &report,
                    &writer, database)
            }
            #expect(report.known == 2)
            #expect(report.calls == 1)
        }
    }
}
