// SPDX-License-Identifier: Apache-2.0
import Ledger

/// The dimensions of traces and sessions, which are those of one of their calls.
///
/// It is the call that was stored first. A trace or session may outlive that call and the values that only calls of its day had; then
/// it is the last call or dropped span, whose row leads to it at once.
extension SpanWriting {
    /// Not a setting: the latest traces of a session among which a call of the session is looked for.
    private static let mostTraces = 16

    /// The names and values of a trace, in the order of the dimensions.
    func values(of trace: StoredTrace) throws(RowReadingError) -> [(name: String, value: String)] {
        var set = trace.bill.set
        if try isGone(set) { set = try last(of: trace)?.set ?? 0 }
        return try values(ofSet: set, session: trace.session)
    }

    /// The names and values of a session, in the order of the dimensions.
    ///
    /// - Parameters:
    ///   - id: Its number.
    ///   - bill: What it comes to.
    ///   - traces: Its traces, read only if its first call is no longer kept.
    /// - Returns: The names and values.
    /// - Throws: ``RowReadingError``.
    func values(
        ofSession id: Int64, _ bill: Bill, _ traces: @autoclosure () throws(RowReadingError) -> [StoredTrace]
    ) throws(RowReadingError) -> [(name: String, value: String)] {
        guard try isGone(bill.set) else { return try values(ofSet: bill.set, session: id) }
        var found: Int64 = 0
        for trace in try traces().suffix(Self.mostTraces).reversed() {
            guard let last = try last(of: trace) else { continue }
            if found == 0 || last.session == id { found = last.set }
            if last.session == id { break }
        }
        return try values(ofSet: found, session: id)
    }

    /// Whether there was a set, which is removed by now; one whose values are forgotten is still there.
    private func isGone(_ set: Int64) throws(RowReadingError) -> Bool {
        guard set != 0, try values(ofSet: set).isEmpty else { return false }
        return try !answers.session.statement(SingleStatements.anySet).bind(set).next()
    }

    /// The set and the session of the last call or dropped span of a trace that has a set.
    private func last(of trace: StoredTrace) throws(RowReadingError) -> (set: Int64, session: Int64)? {
        for row in trace.rows.reversed() {
            let statement = try answers.session.statement(SingleStatements.setOfSpan).bind(row.range.upperBound)
            if try statement.next(), statement.number(0) != 0 { return (statement.number(0), statement.number(1)) }
        }
        return nil
    }
}
