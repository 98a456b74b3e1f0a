// SPDX-License-Identifier: Apache-2.0
package import GenAI
package import Pricing

/// Whose calls are whose, where prices depend on it: the attributes that a price book asks for, and the values that calls
/// had.
///
/// Calls carry a number for each combination of values, found in the manner of the labels that settings add.
package struct TenantTable: Sendable {
    private let attributes: [Tenants.Attribute]
    private let symbols: SymbolTable
    /// What an interpreter reads the values with.
    package let values: AttributionTable

    /// Makes a table for the tenants of a book.
    ///
    /// - Parameters:
    ///   - tenants: The tenants. Those of a later book are told by the same attributes.
    ///   - symbols: Where values get their symbols.
    package init(_ tenants: Tenants, symbols: SymbolTable) {
        attributes = tenants.attributes
        self.symbols = symbols
        let rules = tenants.attributes.map { attribute in
            LabelRule(
                name: attribute.key,
                sources: [attribute.place == .span ? .span(attribute.key) : .resource(attribute.key)])
        }
        values = AttributionTable(rules: rules, capacity: 16_384)
    }

    /// Whether a later book's tenants can be told, too.
    ///
    /// - Parameter tenants: Its tenants.
    /// - Returns: The attributes that nobody reads.
    package func unread(by tenants: Tenants) -> [Tenants.Attribute] {
        tenants.attributes.filter { !attributes.contains($0) }
    }

    /// The value of an attribute behind a class of tenants, or `nil` where there is none.
    package func value(of attribute: Tenants.Attribute, in tenantClass: UInt32) -> String? {
        guard let place = attributes.firstIndex(of: attribute) else { return nil }
        let symbol = values.values(of: tenantClass)[place]
        return symbol == .absent ? nil : symbols.text(of: symbol)
    }
}
