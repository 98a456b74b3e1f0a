// SPDX-License-Identifier: Apache-2.0
import Ledger
import Pricing

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

    /// What a trace costs with what repricing has changed.
    ///
    /// - Parameter trace: The trace.
    /// - Returns: The cost; `nil` if some call has never had a price.
    /// - Throws: ``RowReadingError``.
    func adjustedCost(of trace: StoredTrace) throws(RowReadingError) -> Dollars? {
        guard try hasAdjustments() else { return trace.bill.cost }
        var (cost, unpriced) = (trace.bill.known, trace.bill.unpriced)
        for row in trace.rows {
            let statement = try answers.session.statement(SingleStatements.adjustmentsOfTrace)
                .bind(row.id, row.range.lowerBound, row.range.upperBound)
            guard try statement.next() else { continue }
            cost += Figures.dollars(statement.number(0), statement.number(1))
            unpriced -= statement.number(2)
        }
        return unpriced > 0 ? nil : cost
    }
}
