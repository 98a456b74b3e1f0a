// SPDX-License-Identifier: Apache-2.0
package import CallMetrics
package import GenAI
package import Pricing

/// What machines that are paid by the clock cost in some time, and who pays it.
package struct MachineCharge: Sendable, Equatable {
    /// The texts of the line, as they are shown on `/metrics`.
    package var model: String
    package var provider: String
    package var operation: String
    /// The values of the dimensions that ``RowTexts/dimensions`` names, in their order; empty for none.
    package var values: [String]
    package var amount: Dollars

    package init(model: String, provider: String, operation: String, values: [String] = [], amount: Dollars) {
        (self.model, self.provider, self.operation, self.values, self.amount) =
            (model, provider, operation, values, amount)
    }
}

/// The texts of calls and dropped spans.
///
/// The rows ask for texts only when a combination of numbers is new to them: the numbers of symbols, the attribution and the
/// number of the dimensions, and the rate card.
package struct RowTexts: Sendable {
    /// A dimension: a name under which calls have values.
    package struct Dimension: Sendable, Equatable {
        package var name: String
        /// Whether there are roll-ups by its values.
        package var hasRollup: Bool

        package init(name: String, hasRollup: Bool) { (self.name, self.hasRollup) = (name, hasRollup) }
    }

    /// The texts that `/metrics` shows.
    package let shown: CallTexts
    /// The table that made the calls' symbols.
    package let symbols: SymbolTable
    /// The version of the price book in force, and the price files over it; empty if it is not known.
    package var book: @Sendable () -> String = { "" }
    /// The name of a dialect by its index in the interpreter's list; empty if it is not known.
    package var dialect: @Sendable (_ index: UInt8) -> String = { _ in "" }
    /// The name of the tenant of a class of tenants; empty for none.
    package var tenant: @Sendable (_ tenantClass: UInt32) -> String = { _ in "" }

    /// The dimensions, in the order of their values: those of the settings, and the labels that have no name of one of them.
    package let dimensions: [Dimension]
    /// Has the values of dimensions that are no labels; `nil` if none are read.
    let table: DimensionTable?
    /// The labels among ``dimensions``, behind the values of the table, by their indices in `shown.labelNames`.
    private let labels: [Int]
    /// Whether there are roll-ups by session, so that calls that differ only in the session are in different groups.
    let rollsSessions: Bool

    /// Makes the texts.
    ///
    /// - Parameters:
    ///   - shown: The texts that `/metrics` shows.
    ///   - symbols: The table that made the calls' symbols.
    ///   - table: The values of dimensions that are no labels; `nil` if none are read.
    package init(shown: CallTexts, symbols: SymbolTable, dimensions table: DimensionTable? = nil) {
        (self.shown, self.symbols, self.table) = (shown, symbols, table)
        let names = shown.labelNames
        labels = names.indices.filter { table?.covers(label: names[$0]) != true }
        dimensions =
            (table?.rules ?? []).map { Dimension(name: $0.name, hasRollup: $0.isRolledUp) }
            + labels.map { Dimension(name: names[$0], hasRollup: true) }
        rollsSessions = dimensions.contains { $0.name == RowDimension.session && $0.hasRollup }
    }

    /// The index of the session among ``dimensions``; `nil` without one.
    package var session: Int? { dimensions.firstIndex { $0.name == RowDimension.session } }

    /// Splits each call's values of dimensions that are no labels into a base and a session.
    ///
    /// With roll-ups by session, the whole set is the base.
    ///
    /// - Parameters:
    ///   - calls: The calls.
    ///   - held: What the reader holds of the table.
    ///   - parts: Gets the parts of each.
    func split(_ calls: Span<ModelCall>, by held: inout HeldDimensions, into parts: inout [DimensionParts]) {
        if let table, !rollsSessions { return table.split(calls, by: &held, into: &parts) }
        parts.removeAll(keepingCapacity: true)
        for index in calls.indices { parts.append(DimensionParts(whole: calls[index].dimensions.number)) }
    }

    /// The parts of one call's values, as ``split(_:by:into:)`` has them.
    func parts(of call: ModelCall) -> DimensionParts {
        if let table, !rollsSessions { return table.parts(of: call.dimensions) }
        return DimensionParts(whole: call.dimensions.number)
    }

    /// Reads values of the dimensions that are no labels, which are the first ones of ``dimensions``.
    ///
    /// - Parameters:
    ///   - base: The number of the values, ``DimensionParts/base``.
    ///   - values: Gets the values.
    func read(_ base: UInt32, into values: inout DimensionValues) { table?.read(base, into: &values) }

    /// Reads the text of a call's own session.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - held: What the reader holds of the table.
    ///   - text: Gets the text; nothing if the call has no session.
    func readSession(of call: borrowing ModelCall, by held: inout HeldDimensions, into text: inout [UInt8]) {
        text.removeAll(keepingCapacity: true)
        guard let table, let session = table.sessionRule else { return }
        _ = table.read(session, of: call.dimensions, by: &held, into: &text)
    }

    /// A call's values of the labels among ``dimensions``, which are the last ones; empty where it has none.
    ///
    /// - Parameters:
    ///   - call: The call; only its attribution decides.
    ///   - card: The card that prices it, if one does.
    /// - Returns: The values.
    func labelValues(of call: ModelCall, card: RateCard?) -> [String] {
        guard !labels.isEmpty else { return [] }
        let values = shown.labelValues(of: call, card: card)
        return labels.map { values[$0] }
    }
}
