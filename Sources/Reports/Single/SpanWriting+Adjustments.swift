// SPDX-License-Identifier: Apache-2.0
import Ledger
import Notation
import Pricing

/// The cost of a trace or a session after repricing.
struct AdjustedBill {
    /// What is known of the cost.
    private(set) var known: Dollars
    private(set) var unpriced: Int64

    init(_ bill: Bill) { (known, unpriced) = (bill.known, bill.unpriced) }

    /// The cost; `nil` if some call has never had a price.
    var cost: Dollars? { unpriced > 0 ? nil : known }

    /// Adds the members that answers have next to those of the bill; without a value if the bill is not known.
    static func write(_ bill: AdjustedBill?, to line: inout JSONLine) {
        line.add(Measure.adjustedCost.name, bill?.cost?.description)
        line.add(Figures.knownAdjustedName, bill?.known.description)
    }

    /// The known cost; `nil` if repricing has changed nothing of the bill.
    func changed(from bill: Bill) -> Dollars? { known == bill.known && unpriced == bill.unpriced ? nil : known }

    /// Adds the adjustments of a row of ``SingleStatements``.
    fileprivate mutating func add(_ row: RowStatement) {
        known += Figures.dollars(row.number(0), row.number(1))
        unpriced -= row.number(2)
    }
}

extension SpanWriting {
    /// What a call costs with what repricing has changed.
    ///
    /// - Parameter span: The call.
    /// - Returns: The cost; `nil` if it has never had a price.
    /// - Throws: ``RowReadingError``.
    func adjustedCost(of span: StoredSpan) throws(RowReadingError) -> Dollars? {
        guard try hasAdjustments() else { return span.cost }
        let statement = try answers.session.statement(SingleStatements.adjustmentsOfCall).bind(span.id)
        guard try statement.next(), let micros = statement.numberIfAny(0) else { return span.cost }
        return (span.cost ?? .zero) + Figures.dollars(micros, statement.number(1))
    }

    /// The cost of a trace after repricing.
    func adjusted(_ trace: StoredTrace) throws(RowReadingError) -> AdjustedBill {
        var bill = AdjustedBill(trace.bill)
        guard try hasAdjustments() else { return bill }
        for row in trace.rows {
            let statement = try answers.session.statement(SingleStatements.adjustmentsOfTrace)
                .bind(row.id, row.range.lowerBound, row.range.upperBound)
            if try statement.next() { bill.add(statement) }
        }
        return bill
    }

    /// The cost of a session after repricing.
    ///
    /// - Parameters:
    ///   - bill: Its bill as counted.
    ///   - id: Its number.
    ///   - traces: Its traces, read only if some call was priced again; some of their calls may be of other sessions.
    /// - Returns: The bill; `nil` if these may not be all of its traces.
    /// - Throws: ``RowReadingError``.
    func adjusted(
        _ bill: Bill, ofSession id: Int64, _ traces: @autoclosure () throws(RowReadingError) -> [StoredTrace]
    ) throws(RowReadingError) -> AdjustedBill? {
        var adjusted = AdjustedBill(bill)
        guard try hasAdjustments() else { return adjusted }
        let traces = try traces()
        guard traces.count < StoredAnswers.mostListed else { return nil }
        for row in traces.lazy.flatMap(\.rows) {
            let statement = try answers.session.statement(SingleStatements.adjustmentsOfSession)
                .bind(row.id, row.range.lowerBound, row.range.upperBound, id)
            if try statement.next() { adjusted.add(statement) }
        }
        return adjusted
    }
}
