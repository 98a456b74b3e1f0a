// SPDX-License-Identifier: Apache-2.0
import Billing
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
                let entry = RowQueue.Entry.calls(
                    folder.priced(order + [unknown]), arrivalNanoseconds: RowFolder.wall, number: 3)
                try selection.begin([entry], &writer, database)
                _ = selection.choose(entry, &report)
            }
            #expect(report.known == 2)
            #expect(report.calls == 1)
        }
    }

    @Test(arguments: [[12, 9, 6, 3], [3, 6, 9, 12]] as [[UInt64]])
    func `spans of a trace that lasts for days are known on each of them`(days: [UInt64]) throws {
        let folder = try RowFolder()
        let calls = days.enumerated().map { Self.call(folder, UInt64($0 + 1), daysAgo: $1) }
        let store = try folder.store()
        store.start()
        for (number, call) in calls.enumerated() {
            store.append(folder.priced([call]), arrivalNanoseconds: nil, number: UInt64(number + 1))
        }
        #expect(store.flush())
        store.stop()
        #expect(try folder.value("SELECT count(*) FROM all_traces") == 1)
        let unknown = days.enumerated().map { Self.call(folder, UInt64($0 + 11), daysAgo: $1) }
        let queue = try RowDatabase.open(folder.file)
        for some in [calls + unknown, [calls[1], unknown[1]], [calls[3]]] {
            var selection = ImportSelection(now: RowFolder.wall, keptSince: 0, configuration: RowConfiguration())
            var writer = RowWriter(configuration: RowConfiguration(), texts: folder.texts)
            var report = LedgerImport.Report()
            try queue.inDatabase { database in
                let entry = RowQueue.Entry.calls(folder.priced(some), arrivalNanoseconds: RowFolder.wall, number: 9)
                try selection.begin([entry], &writer, database)
                _ = selection.choose(entry, &report)
            }
            #expect(report.known == some.count { $0.identity.spanID < 10 })
            #expect(report.calls == some.count { $0.identity.spanID > 10 })
        }
        try queue.close()
    }

    @Test func `however many traces run at a time, each row of that time is read once`() throws {
        let folder = try RowFolder()
        // Each of 100 traces begins and ends with the others.
        let calls = (0..<400 as Range<UInt64>).map { folder.call($0 + 1, trace: $0 % 100, endsAfter: $0 * 1_000_000) }
        let store = try folder.store()
        store.start()
        store.append(folder.priced(calls), arrivalNanoseconds: nil, number: 1)
        store.append([DroppedSpan(call: folder.call(500, trace: 7), outcome: .twin)], number: 2)
        store.stop()
        let queue = try RowDatabase.open(folder.file)
        var selection = ImportSelection(now: RowFolder.wall, keptSince: 0, configuration: RowConfiguration())
        var writer = RowWriter(configuration: RowConfiguration(), texts: folder.texts)
        var report = LedgerImport.Report()
        let entries: [RowQueue.Entry] = [
            .calls(folder.priced(calls), arrivalNanoseconds: RowFolder.wall, number: 3),
            .drops(
                [500, 501].map { DroppedSpan(call: folder.call($0, trace: 7), outcome: .twin) },
                arrivalNanoseconds: RowFolder.wall, number: 3),
        ]
        try queue.inDatabase { try selection.begin(entries, &writer, $0) }
        for entry in entries { _ = selection.choose(entry, &report) }
        #expect(report.known == 401 && report.calls == 0 && report.dropped == 1)
        #expect(selection.read == 401)
        try queue.close()
    }
}
