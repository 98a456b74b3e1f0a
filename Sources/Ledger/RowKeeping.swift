// SPDX-License-Identifier: Apache-2.0
package import Billing
package import Pricing

/// Keeps calls, dropped spans and charges as rows: ``RowStore``, or a stand-in of a test.
///
/// The gate hands over each record of the journal once, in the order of the numbers, and only once it is stored.
package protocol RowKeeping: Sendable {
    /// The names of the dimensions, in the order of the values of a ``MachineCharge``.
    var dimensionNames: [String] { get }
    /// The number up to which the records of the journal are in the rows, as committed.
    var position: UInt64 { get }
    /// The sums of everything that is or was in the rows, and of what came before them.
    func totals() throws(JournalError) -> RowTotals
    /// Continues at another number of the journal, before anything is appended.
    ///
    /// - Parameters:
    ///   - number: The number up to which no record is to come any more.
    ///   - missing: What the counters have and the rows do not, added to the totals; below zero where the rows have more.
    ///   - reason: Why, in words for people.
    /// - Throws: ``JournalError`` if that cannot be written.
    func begin(at number: UInt64, missing: RowTotals, reason: String) throws(JournalError)

    func append(_ calls: PricedCalls, arrivalNanoseconds: UInt64?, number: UInt64)
    func append(_ dropped: [DroppedSpan], arrivalNanoseconds: UInt64?, number: UInt64)
    func append(_ charges: [MachineCharge], arrivalNanoseconds: UInt64?, number: UInt64)
    /// Appends roots of traces with calls. The default leaves them out.
    func append(_ roots: [TraceRoot], arrivalNanoseconds: UInt64?, number: UInt64)
    /// Notes that everything up to a number was appended, or needs no rows.
    func advance(to number: UInt64)
    /// Notes that the counters have everything that was appended until now, and that their next checkpoint has a number.
    func mark(_ number: UInt64)
    /// Stores what is committed.
    ///
    /// - Returns: The number up to which the records of the journal are in the rows for good.
    func sync() throws(StorageError) -> UInt64
    /// The calls and dropped spans that are not committed.
    var waiting: Int { get }
    /// Whether the latest attempt to write failed.
    var hasFailed: Bool { get }
    /// The figures for `/metrics`; those of the rows are 0 until the writing thread has counted them, soon after the start.
    var figures: RowFigures { get }
    /// The number of single calls that the rows have at this moment.
    var keptCalls: Int { get }
    /// Starts writing.
    ///
    /// - Parameters:
    ///   - syncJournal: Called before each commit, so that the rows are never ahead of the journal after a power cut.
    ///   - onFailure: Called with the error when writing begins to fail, and with `nil` when it works again.
    func start(
        syncJournal: @escaping @Sendable () throws(StorageError) -> Void,
        onFailure: @escaping @Sendable (StorageError?) -> Void)
    /// Writes what was appended, if that is possible, and ends.
    func stop()
}

extension RowKeeping {
    package func append(_ roots: [TraceRoot], arrivalNanoseconds: UInt64?, number: UInt64) {}

    package var keptCalls: Int { figures.calls }
}

/// The figures of the rows.
package struct RowFigures: Sendable, Equatable {
    /// The number of calls that are kept.
    package var calls = 0
    /// The calls that this process has removed since they were too old, and since the rows were too large.
    package var removedByAge: UInt64 = 0
    package var removedBySize: UInt64 = 0
    /// The bytes of calls, dropped spans, traces and sessions, which are estimated, and those of everything else.
    package var callBytes = 0
    package var rollupBytes = 0
    /// What repricing has changed, by model and direction.
    package var adjustments: [RowAdjustments.Sum] = []

    package init() {}

    /// Divides the bytes of the rows.
    ///
    /// SQLite does not say cheaply which table has how many: calls are taken to have ``bytesPerCall`` each.
    mutating func divide(_ bytes: Int) {
        callBytes = min(bytes, calls * Self.bytesPerCall)
        rollupBytes = bytes - callBytes
    }

    /// The mean bytes of a call, with its part of a trace and of dropped spans.
    static let bytesPerCall = 150
}
