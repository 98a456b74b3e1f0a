// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import Pricing

/// Prices kept calls again by the book in force, and writes the differences as adjustments.
///
/// Calls keep the cost by which they were counted, and so do roll-ups and counters. Calls are read, priced and adjusted some
/// thousand at a time, each piece in one short transaction: SQLite lets one process write at a time, so that a running service
/// waits for a piece at most. A run that was ended early is completed by the next one, since a call is compared with its latest
/// cost.
package struct Repricing {
    /// Which calls are priced again.
    package struct Selection {
        /// Minutes since 1970 of the calls' ends.
        package var minutes: Range<Int64>
        /// The models as they are asked for, for those who read the rows; empty for all.
        package var pattern: String
        /// Whether calls of a model are meant, by the name that `/metrics` shows.
        package var accepts: (String) -> Bool

        package init(minutes: Range<Int64>, pattern: String = "", accepts: @escaping (String) -> Bool = { _ in true }) {
            (self.minutes, self.pattern, self.accepts) = (minutes, pattern, accepts)
        }
    }

    private let path: String
    private let selection: Selection
    private let isDry: Bool
    private let now: Int64
    private var prices: StoredCallPrices

    /// Not a setting: some milliseconds of work, for which a running service waits at most.
    private static let callsOfPiece = 2_000
    /// Not a setting: the pieces after which SQLite's log is copied into the file.
    private static let piecesOfLog = 50

    /// Prepares a repricing.
    ///
    /// - Parameters:
    ///   - folder: The folder of the ledger.
    ///   - selection: Which calls are meant.
    ///   - book: The prices.
    ///   - configuration: The settings for prices.
    ///   - isDry: Whether nothing is written.
    ///   - now: Seconds since 1970.
    package init(
        of folder: String, _ selection: Selection, book: PriceBook, configuration: PricerConfiguration, isDry: Bool,
        now: Int64
    ) {
        path = "\(folder)/\(RowStore.fileName)"
        (self.selection, self.isDry, self.now) = (selection, isDry, now)
        prices = StoredCallPrices(book: book, configuration: configuration)
    }

    /// The price files by which calls of the selection were priced, and which this repricing does not have.
    ///
    /// - Returns: The files; `nil` if there are none.
    /// - Throws: ``JournalError`` if the rows cannot be read.
    package func missingFiles() throws(JournalError) -> MissingPriceFiles? {
        let reader = try RowReader(path: path, readers: 1)
        defer { reader.close() }
        do {
            return try reader.read { database in
                try MissingPriceFiles.find(prices.book, ids: ids, accepts: selection.accepts, database)
            }
        } catch {
            throw RowDatabase.refusal(error, path)
        }
    }

    /// Prices the calls.
    ///
    /// - Parameter progress: Called after each piece with the share of the period that is done.
    /// - Returns: What changes, or would change.
    /// - Throws: ``JournalError`` if the rows cannot be read or written.
    package mutating func run(progress: (_ done: Int, _ all: Int) -> Void) throws(JournalError) -> RepricingReport {
        // It refuses rows of another version, which must not be changed by opening them.
        let reader = try RowReader(path: path, readers: 1)
        defer { reader.close() }
        do {
            let gaps = try reader.read { try self.gaps($0) }
            guard !isDry else { return try run(gaps, progress) { piece in try reader.read(piece) } }
            // The connection that is closed last leaves one file, if it is one that writes.
            reader.close()
            let queue = try RowDatabase.open(path, busyMilliseconds: 60_000)
            var pieces = 0
            let report = try run(gaps, progress) { piece in
                pieces += 1
                if pieces % Self.piecesOfLog == 0 {
                    // Readers of old states may hold it up; then the next one does the rest.
                    _ = try? queue.inDatabase { try $0.checkpoint(.passive) }
                }
                return try queue.inDatabase { database in
                    var result: Piece?
                    try database.inTransaction(.immediate) {
                        result = try piece(database)
                        return .commit
                    }
                    return result ?? Piece()
                }
            }
            try RowDatabase.sync(path)
            try queue.close()
            return report
        } catch let error as JournalError {
            throw error
        } catch {
            throw RowDatabase.refusal(error, path)
        }
    }

    /// What was done in one transaction.
    private struct Piece {
        var sums: [String: RepricingReport.Sums] = [:]
        /// The first id that was not looked at; `nil` at the end.
        var next: Int64?
        /// The row of this run, once there is one.
        var repricing: Int64?
    }

    /// The ids that calls of the period have.
    private var ids: Range<Int64> {
        func id(_ minute: Int64) -> Int64 {
            (minute - RowTime.epochMicroseconds / RowTime.minuteMicroseconds) << RowTime.sequenceBits
        }
        return id(selection.minutes.lowerBound)..<id(selection.minutes.upperBound)
    }

    /// The times that touch the period and whose calls were counted and not kept, in minutes since 1970.
    private func gaps(_ database: Database) throws -> [Range<Int64>] {
        try CallGaps(database).minutes.filter { $0.overlaps(selection.minutes) }
    }

    private mutating func run(
        _ gaps: [Range<Int64>], _ progress: (_ done: Int, _ all: Int) -> Void,
        _ transaction: ((Database) throws -> Piece) throws -> Piece
    ) throws -> RepricingReport {
        let ids = ids
        var report = RepricingReport(book: prices.book)
        report.gaps = gaps
        var (first, repricing): (Int64?, Int64?) = (ids.lowerBound, nil)
        while let begin = first {
            let piece = try transaction { database in
                try self.piece(begin..<ids.upperBound, repricing, database)
            }
            for (model, sums) in piece.sums {
                report.models[model] = (report.models[model] ?? RepricingReport.Sums()) + sums
            }
            (first, repricing) = (piece.next, piece.repricing)
            progress(Int((piece.next ?? ids.upperBound) - ids.lowerBound), ids.count)
        }
        return report
    }

    private mutating func piece(_ ids: Range<Int64>, _ repricing: Int64?, _ database: Database) throws -> Piece {
        let stored = try prices.calls(ids, limit: Self.callsOfPiece, database)
        var piece = Piece()
        piece.repricing = repricing
        if stored.count == Self.callsOfPiece, let last = stored.last { piece.next = last.id + 1 }
        let meant = stored.filter { selection.accepts(prices.kind(of: $0).model) }
        for (call, price) in zip(meant, prices.prices(of: meant)) {
            let model = prices.kind(of: call).model
            var sums = piece.sums[model] ?? RepricingReport.Sums()
            sums.calls += 1
            sums.before += Dollars(femtodollars: call.cost ?? 0)
            switch price {
            case .skipped: sums.skipped += 1
            case .withoutUsage where call.cost == nil: sums.withoutUsage += 1
            case .unpriced, .withoutUsage:
                sums.kept += 1
                if call.cost != nil { sums.keptPriced += 1 }
            case .known(let cost) where cost != call.cost:
                let difference = cost - (call.cost ?? 0)
                sums.changed += 1
                if call.cost == nil { sums.newlyPriced += 1 }
                if difference > 0 { sums.up += Dollars(femtodollars: difference) }
                if difference < 0 { sums.down += Dollars(femtodollars: difference) }
                if !isDry { try write(difference, of: call, &piece, database) }
            case .known: break
            }
            if call.cost == nil, !price.isKnown { sums.unpriced += 1 }
            piece.sums[model] = sums
        }
        if !isDry { try writeSums(piece, database) }
        return piece
    }

    private func write(
        _ difference: Int128, of call: StoredCallPrices.Stored, _ piece: inout Piece, _ database: Database
    ) throws {
        let repricing = try piece.repricing ?? begin(database)
        piece.repricing = repricing
        let money = RowMoney(femtodollars: difference)
        let statement = try BoundStatement(database, RepricingSchema.insertAdjustment)
        for (index, value) in [call.id, repricing, money.micros, money.rest].enumerated() {
            statement.bind(Int32(index + 1), value)
        }
        try statement.run()
    }

    /// Makes the row of this run.
    private func begin(_ database: Database) throws -> Int64 {
        try database.execute(
            sql: RepricingSchema.insertRepricing,
            arguments: [
                now, prices.book, selection.minutes.lowerBound, selection.minutes.upperBound, selection.pattern,
            ])
        return database.lastInsertedRowID
    }

    private func writeSums(_ piece: Piece, _ database: Database) throws {
        for (model, sums) in piece.sums {
            // Downwards as an amount above zero, which never falls.
            for (direction, amount) in [(1, sums.up), (0, -sums.down)] where amount != .zero {
                let money = RowMoney(femtodollars: amount.femtodollars)
                try database.execute(
                    sql: RepricingSchema.addAdjusted, arguments: [model, direction, money.micros, money.rest])
            }
        }
    }
}
