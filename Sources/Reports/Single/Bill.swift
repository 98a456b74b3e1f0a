// SPDX-License-Identifier: Apache-2.0
import Ledger
import Notation
package import Pricing

/// What a trace or a session comes to.
package struct Bill: Sendable {
    package private(set) var calls: Int64 = 0
    package private(set) var failed: Int64 = 0
    package private(set) var unpriced: Int64 = 0
    package private(set) var estimated: Int64 = 0
    /// In the order of ``names``; together all tokens.
    package private(set) var tokens = [Int64](repeating: 0, count: 5)
    package private(set) var known = Dollars.zero
    /// The set of dimensions; 0 for none.
    var set: Int64 = 0

    /// The groups of tokens.
    static let names = ["input", "output", "cache_read", "cache_write", "reasoning"]

    init() {}

    /// Reads the columns of a row from the second one on.
    init(_ row: RowStatement) {
        (calls, failed, unpriced, estimated) = (row.number(1), row.number(2), row.number(3), row.number(4))
        tokens = (5...9).map { row.number($0) }
        known = Figures.dollars(row.number(10), row.number(11))
        set = row.number(12)
    }

    /// The cost; `nil` if a part of it is not known.
    package var cost: Dollars? { unpriced > 0 ? nil : known }

    /// Adds another part of the same trace.
    mutating func add(_ other: Bill) {
        calls += other.calls
        failed += other.failed
        unpriced += other.unpriced
        estimated += other.estimated
        for index in tokens.indices { tokens[index] += other.tokens[index] }
        known += other.known
        if set == 0 { set = other.set }
    }

    /// Adds the members that all answers have.
    func write(to line: inout JSONLine) {
        line.add("cost", cost?.description)
        line.add(Figures.knownName, known.description)
        if let reason = Figures.reason(unpriced, of: calls) { line.add("reason", reason) }
        // As Opik names it: a number, and null when nothing is known.
        line.add("total_estimated_cost", decimal: shownCost?.description)
        line.add("calls", calls)
        line.add("failed_calls", failed)
        line.add("unpriced_calls", unpriced)
        line.add("estimated_calls", estimated)
        var object = JSONLine()
        for (name, count) in zip(Self.names, tokens) { object.add(name, count) }
        line.add("tokens", object)
    }
}
