// SPDX-License-Identifier: Apache-2.0
package import GenAI
import Synchronization

/// Whose calls are whose, where prices depend on it: the attributes that price books ask for, and the values that calls
/// had.
///
/// Calls carry a number for each combination of values, found in the manner of the labels that settings add. When other
/// books ask for other attributes, a new generation of numbers begins; those of calls that were read before stay valid.
package final class TenantTable: Sendable {
    /// One set of attributes, and the values that calls had of them.
    private struct Generation {
        let attributes: [Tenants.Attribute]
        let reading: TenantReading
    }

    private struct State {
        /// The latest ones, the newest last.
        var generations: [Generation]
        /// What was given up with generations that are forgotten.
        var overflows: UInt64 = 0
    }

    private let symbols: SymbolTable
    private let state: Mutex<State>

    /// Makes a table for the tenants of some books.
    ///
    /// - Parameters:
    ///   - books: The tenants of each book that prices calls.
    ///   - symbols: Where values get their symbols.
    package init(_ books: [Tenants], symbols: SymbolTable) {
        self.symbols = symbols
        let first = Self.generation(0, Self.attributes(of: books))
        state = Mutex(State(generations: [first]))
        know(books, in: first)
    }

    /// Exempts the values that identify tenants from the ceiling.
    private func know(_ books: [Tenants], in generation: Generation) {
        generation.reading.values.know(
            generation.attributes.map { attribute in
                Set(books.flatMap { $0.values(of: attribute) }.map { symbols.symbol(for: $0, in: .label) })
                    .subtracting([.overflow])
            })
    }

    /// What an interpreter reads the values with, from the next batch on.
    package var reading: TenantReading { state.withLock { $0.generations[$0.generations.count - 1].reading } }

    /// Changes the attributes to those that some books ask for.
    ///
    /// - Parameter books: The tenants of each book that is to price calls, of those that are in force still among them:
    ///   so no call lacks what either book asks for.
    /// - Returns: What an interpreter has to read with from now on, or `nil` when that has not changed.
    package func read(for books: [Tenants]) -> TenantReading? {
        let attributes = Self.attributes(of: books)
        return state.withLock { state in
            let newest = state.generations[state.generations.count - 1]
            guard newest.attributes != attributes else {
                know(books, in: newest)
                return nil
            }
            let next = Self.generation(newest.reading.generation &+ 1, attributes)
            know(books, in: next)
            state.generations.append(next)
            // Calls wait for seconds, and people do not reload that often.
            if state.generations.count > Self.mostGenerations {
                state.overflows += state.generations.removeFirst().reading.values.overflows
            }
            return next.reading
        }
    }

    /// The value of an attribute behind a class of tenants, or `nil` where there is none.
    package func value(of attribute: Tenants.Attribute, in tenantClass: UInt32) -> String? {
        let (generation, number) = TenantReading.parts(of: tenantClass)
        let found = state.withLock { state in
            let found = state.generations.last { $0.reading.generation == generation }
            // The call waited through more reloads than are remembered, so it is priced as a call without a tenant.
            if found == nil, tenantClass != 0 { state.overflows += 1 }
            return found
        }
        guard let found, let owner = found.attributes.firstIndex(of: attribute) else { return nil }
        let symbol = found.reading.values.values(of: number)[owner]
        return symbol == .absent ? nil : symbols.text(of: symbol)
    }

    /// The values behind a class of tenants, by attribute; empty for no tenant and for a generation that is forgotten.
    package func values(of tenantClass: UInt32) -> [(attribute: Tenants.Attribute, value: String)] {
        let (generation, number) = TenantReading.parts(of: tenantClass)
        guard tenantClass != 0,
            let found = state.withLock({ $0.generations.last { $0.reading.generation == generation } })
        else { return [] }
        let values = found.reading.values.values(of: number)
        return zip(found.attributes, values).compactMap { attribute, symbol in
            symbol == .absent ? nil : (attribute, symbols.text(of: symbol))
        }
    }

    /// The class of tenants of some values, as if a span with them had just been read.
    ///
    /// - Parameter values: The values by attribute; those of attributes that no book asks for are left out.
    /// - Returns: The class; 0 without values.
    package func tenantClass(of values: [Tenants.Attribute: String]) -> UInt32 {
        let newest = state.withLock { $0.generations[$0.generations.count - 1] }
        let own = newest.attributes.map { attribute in
            values[attribute].map { AttributionTable.Value(text: symbols.symbol(for: $0, in: .label), rank: 0) }
                ?? .none
        }
        guard own.contains(where: { $0 != .none }) else { return 0 }
        let entry = AttributionTable.Entry(own: own, offers: own.map { _ in .none })
        let number = newest.reading.values.attribution(of: entry).number
        return number == 0 ? 0 : UInt32(newest.reading.generation) << 24 | number
    }

    /// How often a value or a combination of values came after its ceiling was reached, or was asked for after its
    /// generation was forgotten.
    package var overflows: UInt64 {
        state.withLock { state in
            state.generations.reduce(state.overflows) { $0 + $1.reading.values.overflows }
        }
    }

    private static func attributes(of books: [Tenants]) -> [Tenants.Attribute] {
        Set(books.flatMap(\.attributes)).sorted { ($0.owner.rawValue, $0.key) < ($1.owner.rawValue, $1.key) }
    }

    private static func generation(_ number: UInt8, _ attributes: [Tenants.Attribute]) -> Generation {
        let rules = attributes.map { attribute in
            LabelRule(
                name: attribute.key,
                sources: [attribute.owner == .span ? .span(attribute.key) : .resource(attribute.key)])
        }
        return Generation(
            attributes: attributes,
            reading: TenantReading(
                values: AttributionTable(rules: rules, capacity: Self.mostCombinations), generation: number))
    }

    private static let mostGenerations = 8
    private static let mostCombinations = 16_384
}
