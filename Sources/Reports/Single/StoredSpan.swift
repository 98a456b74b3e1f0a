// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger
import Notation
import Pricing

/// One call, or a span that was dropped, as its row has it.
struct StoredSpan {
    let id: Int64
    /// The id of the trace's row.
    let trace: Int64
    let span: Int64
    /// 0 for none.
    let parent: Int64
    /// Microseconds since 1970.
    let end: Int64
    /// Microseconds.
    let duration: Int64?
    let kind: Int64
    let set: Int64
    /// 0 for none.
    let session: Int64
    let tokens: [Int64]
    /// Why it is not counted; 0 for a call.
    var fate: Int64 = 0
    /// The span that is counted instead, and the id of its trace's row.
    var favour: (trace: Int64, span: Int64)?
    /// Microseconds until the first token.
    var first: Int64?
    var units = BilledUnits()
    var cost: Dollars?
    var reported: Dollars?

    /// Reads a row of ``SingleStatements``.
    init(_ row: RowStatement, isDrop: Bool) {
        id = row.number(0)
        trace = id - row.number(1)
        (span, parent) = (row.number(2), row.number(3))
        end = StoredTime.microseconds(ofID: id) + row.number(4)
        duration = row.numberIfAny(5)
        (kind, set) = (row.number(6), row.number(7))
        tokens = TokenClass.allCases.indices.map { row.number(Int32(14 + $0)) }
        session = row.number(Int32(14 + tokens.count))
        if isDrop {
            fate = row.number(8)
            if let span = row.numberIfAny(10) { favour = (id - (row.numberIfAny(9) ?? row.number(1)), span) }
        } else {
            first = row.numberIfAny(8)
            units = BilledUnits(word: UInt64(bitPattern: row.number(9)))
            cost = row.numberIfAny(10).map { Figures.dollars($0, row.number(11)) }
            reported = row.numberIfAny(12).map { Figures.dollars($0, row.number(13)) }
        }
    }

    /// Begins when it ends, if its duration is not known.
    var start: Int64 { end - (duration ?? 0) }

    /// The value of `outcome` for a span that is not counted.
    var fateName: String? {
        fate > 0 && fate <= Int64(Self.fates.count) ? Self.fates[Int(fate) - 1] : nil
    }

    /// The values of `outcome` for spans that are not counted, by their numbers from 1 on.
    static let fates = ["duplicate", "twin", "unproven", "repeats_children", "not_a_model_call"]
}
