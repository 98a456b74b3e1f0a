// SPDX-License-Identifier: Apache-2.0

/// Whose calls have prices of their own, and by which attributes they are told.
package struct Tenants: Sendable {
    /// Where an attribute stands.
    package enum Place: String, CaseIterable, Sendable {
        case span
        case resource
    }

    /// One attribute that tells tenants apart.
    package struct Attribute: Hashable, Sendable {
        package let place: Place
        package let key: String

        package init(_ place: Place, _ key: String) {
            self.place = place
            self.key = key
        }
    }

    /// A factor on list prices.
    struct Discount: Sendable, Hashable {
        /// The provider whose models it is for; `nil` for all.
        let provider: UInt16?
        /// The id of the one model it is for; `nil` for all.
        let model: String?
        let billionths: Int64

        /// How narrowly it is meant: a model before a provider before everything.
        var rank: Int { model != nil ? 2 : provider != nil ? 1 : 0 }
    }

    /// One tenant.
    struct Tenant: Sendable {
        let name: String
        /// By attribute the values that are the tenant's; all attributes have to hold.
        let conditions: [Attribute: Set<String>]
        let discounts: [Discount]
        let layer: PriceLayer
        /// The models that are priced absolutely for the tenant, so that no discount is taken off.
        let models: Range<Int>
    }

    private(set) var tenants: [Tenant]

    /// The attributes to hand over, each once, sorted.
    package let attributes: [Attribute]

    init(_ tenants: [Tenant] = []) {
        self.tenants = tenants
        attributes = Set(tenants.flatMap(\.conditions.keys)).sorted {
            ($0.place.rawValue, $0.key) < ($1.place.rawValue, $1.key)
        }
    }

    /// The values of an attribute that identify some tenant.
    package func values(of attribute: Attribute) -> Set<String> {
        Set(tenants.flatMap { $0.conditions[attribute] ?? [] })
    }

    /// How many tenants there are.
    package var count: Int { tenants.count }

    /// The names of all tenants, sorted.
    package var names: [String] { tenants.map(\.name).sorted() }

    /// The name of a tenant; empty for ``none``.
    package func name(of tenant: Int) -> String { tenant == Self.none ? "" : tenants[tenant - 1].name }

    /// The number of the tenant with a name, or `nil`.
    package func number(named name: String) -> Int? { tenants.firstIndex { $0.name == name }.map { $0 + 1 } }

    /// The number of calls that belong to no tenant.
    package static let none = 0

    /// The tenant that some values tell.
    ///
    /// - Parameter values: The value of each of ``attributes`` in their order, `nil` where a call has none.
    /// - Returns: The number of the first tenant whose conditions all hold, or ``none``.
    package func index(of values: [String?]) -> Int {
        guard values.count == attributes.count else { return Self.none }
        let found = tenants.firstIndex { tenant in
            attributes.indices.allSatisfy { place in
                guard let wanted = tenant.conditions[attributes[place]] else { return true }
                return values[place].map(wanted.contains) ?? false
            }
        }
        return found.map { $0 + 1 } ?? Self.none
    }

    /// Whether a model, by its number, is one tenant's alone.
    func own(model: Int) -> Bool { tenants.contains { $0.models.contains(model) } }

    /// Whether a tenant has models or aliases of its own, so that a name may mean another model.
    func namesModels(of tenant: Int) -> Bool {
        guard let layer = layer(of: tenant) else { return false }
        return !layer.names.isEmpty || !layer.aliases.isEmpty || !layer.rules.isEmpty
    }

    /// What is laid over the book for a tenant, or `nil` for ``none``.
    func layer(of tenant: Int) -> PriceLayer? { tenant == Self.none ? nil : tenants[tenant - 1].layer }

    /// The factor on the rates of a model, in billionths.
    ///
    /// - Parameters:
    ///   - tenant: The tenant's number.
    ///   - provider: The provider that was called, which may resell another's model.
    ///   - model: The model's number and id.
    /// - Returns: 1,000,000,000 where nothing is taken off.
    func factor(of tenant: Int, provider: UInt16, model: (number: Int, id: String)) -> Int64 {
        guard tenant != Self.none, !tenants[tenant - 1].models.contains(model.number) else { return 1_000_000_000 }
        let fitting = tenants[tenant - 1].discounts.filter { discount in
            (discount.provider ?? provider) == provider && (discount.model ?? model.id) == model.id
        }
        // Of equally narrow ones the last holds, as everywhere in a price file.
        return fitting.enumerated().max { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }?
            .element.billionths ?? 1_000_000_000
    }
}
