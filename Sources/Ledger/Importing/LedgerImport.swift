// SPDX-License-Identifier: Apache-2.0
package import Billing
import GRDB
package import GenAI
import OTLP
package import Pricing
import Synchronization

/// Adds calls of recorded bodies to the rows of a folder, under their own dates, while no process has the folder.
///
/// It is a sink of priced calls, and records what is decided as a journal does, but in the rows alone: counters, checkpoint and
/// journal stay as they are. Imported calls have totals of their own, so that `ledger check` still compares all sums. A span that
/// the rows have already is left out, so that a file may be imported again.
package final class LedgerImport: CallSink, ArrivalJournal {
    /// What was imported, and what was left out.
    package struct Report: Sendable, Equatable {
        package var calls = 0
        /// Spans that are not counted, such as twins.
        package var dropped = 0
        /// What is known of the cost of the calls.
        package var cost = Dollars.zero
        package var unpriced = 0
        /// Spans that the rows have already.
        package var known = 0
        /// Spans that ended before the time from which on calls are kept.
        package var tooOld = 0
        /// Spans whose end is before 2020, or more than an hour in the future.
        package var undated = 0
    }

    /// What writes rows.
    private struct Writing {
        var selection: ImportSelection
        var writer: RowWriter
    }

    private struct State {
        var entries: [RowQueue.Entry] = []
        var spans = 0
        /// `nil` before ``begin(_:)``, while a batch is written, and after a failure.
        var writing: Writing?
        var report = Report()
        /// Why rows cannot be written; nothing is written afterwards.
        var failure: JournalError?
    }

    private let path: String
    private let queue: DatabaseQueue
    private let configuration: RowConfiguration
    private let position: UInt64
    private let now: UInt64
    private let names = TraceNames()
    private let state = Mutex(State())

    /// Not a setting: the spans that wait, some 5 MB.
    private static let mostWaiting = 16_384

    /// Opens the rows.
    ///
    /// - Parameters:
    ///   - folder: The folder, which this process has locked.
    ///   - configuration: What is kept.
    ///   - now: The time, in nanoseconds since 1970 (UTC).
    /// - Throws: ``JournalError`` if there are no rows, they are of another version, or the journal has more than they do.
    package init(_ folder: LedgerFolder, configuration: RowConfiguration, now: UInt64) throws(JournalError) {
        let file = folder.rowsPath ?? ""
        path = file
        (self.configuration, self.now) = (configuration, now)
        let own = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
        let rows = try OwnRows.open(own)
        queue = rows
        do {
            position = UInt64(bitPattern: try rows.read { try RowWriter.meta("position", $0) } ?? 0)
        } catch {
            throw RowDatabase.refusal(error, path)
        }
        guard folder.checkpoint?.counted ?? 0 == position else {
            throw .storage(
                StorageError(
                    "import into \(own)", code: 0,
                    reason: "the last process did not end in an orderly way; start the service once, and stop it"))
        }
    }

    /// Makes everything ready for spans.
    ///
    /// - Parameter texts: The texts of calls.
    /// - Throws: ``JournalError`` if the rows cannot be read.
    package func begin(_ texts: RowTexts) throws(JournalError) {
        do {
            try state.withLock { state in
                var writer = RowWriter(configuration: configuration, texts: texts, account: .imported)
                try queue.inDatabase { try writer.load($0) }
                let selection = ImportSelection(now: now, keptSince: writer.firstKept, configuration: configuration)
                state.writing = Writing(selection: selection, writer: writer)
            }
        } catch {
            throw RowDatabase.refusal(error, path)
        }
    }

    // MARK: What is decided

    package func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        append(.calls(calls, arrivalNanoseconds: now, number: position))
        if state.withLock({ $0.spans >= Self.mostWaiting }) { write() }
    }

    package func arriving(_ roots: RootSpans, with calls: Span<ModelCall>) {
        let found = names.take(roots, calls)
        if !found.isEmpty { append(.roots(found, arrivalNanoseconds: now, number: position)) }
    }

    package func arrived(
        _ calls: Span<ModelCall>, _ passThrough: Span<PassThroughSpan>, from peer: UInt64, at time: UInt64?
    ) {}

    package func decided(
        _ counted: Span<ModelCall>, _ fates: Span<SpanFate>, dropped: Span<DroppedSpan>, at time: UInt64?
    ) {
        guard !dropped.isEmpty else { return }
        append(.drops(dropped.indices.map { dropped[$0] }, arrivalNanoseconds: now, number: position))
    }

    package var wantsDropped: Bool { true }
    package func ticket() -> any CommitTicket { NothingToStore() }

    private func append(_ entry: RowQueue.Entry) {
        state.withLock { state in
            state.entries.append(entry)
            state.spans += entry.spans
        }
    }

    // MARK: Writing

    /// Writes what waits, and closes the rows.
    ///
    /// - Returns: What was imported.
    /// - Throws: ``JournalError`` if rows could not be written; what was written before stays.
    package func finish() throws(JournalError) -> Report {
        write()
        let (report, failure) = state.withLock { ($0.report, $0.failure) }
        if let failure { throw failure }
        do {
            try RowDatabase.sync(path)
            try queue.close()
        } catch {
            throw RowDatabase.refusal(error, path)
        }
        return report
    }

    private func write() {
        state.withLock { state in
            let entries = state.entries
            (state.entries, state.spans) = ([], 0)
            guard state.failure == nil, !entries.isEmpty, var writing = state.writing else { return }
            // With a second reference to it, the first change would copy the writer's filters.
            state.writing = nil
            do {
                try queue.inDatabase { database in
                    var report = state.report
                    var batch = RowQueue.Batch(position: position)
                    try writing.selection.begin(entries, &writing.writer, database)
                    for entry in entries {
                        let chosen = writing.selection.choose(entry, &report)
                        batch.entries.append(chosen)
                        batch.spans += chosen.spans
                    }
                    try writing.writer.write(batch, database, now)
                    state.report = report
                    // The log would grow with the import.
                    _ = try? database.checkpoint(.passive)
                }
                state.writing = writing
            } catch {
                state.failure = RowDatabase.refusal(error, path)
            }
        }
    }
}

/// The ticket of an import, which answers no sender.
private struct NothingToStore: CommitTicket {
    func committed() async throws {}
}
