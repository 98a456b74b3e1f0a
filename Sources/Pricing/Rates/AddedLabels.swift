// SPDX-License-Identifier: Apache-2.0
package import GenAI

extension AttributionTable {
    /// The values of the labels that settings add, those included that only the price knows.
    ///
    /// - Parameters:
    ///   - number: The number of a call's ``Attribution``.
    ///   - card: The card that prices the call, if one does.
    ///   - symbols: The table that made the symbols.
    /// - Returns: A text for each rule; an empty one where nothing has a value.
    package func texts(of number: UInt32, card: RateCard?, symbols: SymbolTable) -> [String] {
        guard !shown.isEmpty else { return [] }
        return zip(shown, values(of: number)).map { rule, value in
            guard value == .absent else { return symbols.text(of: value) }
            for case .call(let property) in rule.sources {
                let text =
                    switch property {
                    case .bookID: card?.modelID ?? ""
                    case .region: card?.region ?? ""
                    default: ""
                    }
                if !text.isEmpty { return text }
            }
            return ""
        }
    }
}
