// SPDX-License-Identifier: Apache-2.0

/// The tenants of all price files, and the attributes that identify them.
package struct Tenants: Sendable {
    /// Whether an attribute belongs to the span or to its resource.
    package enum Owner: String, CaseIterable, Sendable {
        case span
        case resource
    }

    /// An attribute that identifies tenants.
    package struct Attribute: Hashable, Sendable {
        package let owner: Owner
        package let key: String

        package init(_ owner: Owner, _ key: String) {
            self.owner = owner
            self.key = key
        }
    }

    /// A factor on list prices.
    struct Discount: Sendable, Hashable {
        /// The provider whose models are discounted; `nil` for all.
        let provider: UInt16?
        /// The id of the only discounted model; `nil` for all.
        let model: String?
        let billionths: Int64

        /// How specific the discount is: 2 for a model, 1 for a provider, 0 for everything.
        var rank: Int { model != nil ? 2 : provider != nil ? 1 : 0 }
    }

    /// One tenant.
    struct Tenant: Sendable {
        let name: String
        /// By attribute, the values that identify the tenant; a call must match all attributes.
        let conditions: [Attribute: Set<String>]
        let discounts: [Discount]
        let layer: PriceLayer
        /// The tenant's own models, to which its discounts do not apply.
        let models: Range<Int>
    }

    private(set) var tenants: [Tenant]

    /// The attributes that identify tenants, each once, sorted.
    package let attributes: [Attribute]

    /// The discounts for the calls of everybody.
    let discounts: [Discount]
    /// The number of models to which they apply, which are the first ones: those of the book itself.
    private let discounted: Int

    /// Makes the tenants.
    ///
    /// - Parameters:
    ///   - tenants: The tenants; of those whose conditions hold, the first counts.
    ///   - discounts: The discounts for the calls of everybody.
    ///   - discounted: The number of models of the book itself, to which those apply.
    init(_ tenants: [Tenant] = [], discounts: [Discount] = [], on discounted: Int = 0) {
        self.tenants = tenants
        self.discounts = discounts
        self.discounted = discounted
        attributes = Set(tenants.flatMap(\.conditions.keys)).sorted {
            ($0.owner.rawValue, $0.key) < ($1.owner.rawValue, $1.key)
        }
    }

    /// The values of an attribute that identify some tenant.
    package func values(of attribute: Attribute) -> Set<String> {
        Set(tenants.flatMap { $0.conditions[attribute] ?? [] })
    }

    /// The tenants with values that identify each, in their order; without one whose calls an earlier one takes.
    package var identities: [(name: String, values: [Attribute: String])] {
        tenants.indices.compactMap { index in
            let values = tenants[index].conditions.compactMapValues { $0.min() }
            return self.index(of: attributes.map { values[$0] }) == index + 1 ? (tenants[index].name, values) : nil
        }
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

    /// The tenant that attribute values identify.
    ///
    /// - Parameter values: The value of each of ``attributes``, in their order; `nil` for an attribute that the call does not
    ///   have.
    /// - Returns: The number of the first tenant whose conditions all hold, or ``none``.
    package func index(of values: [String?]) -> Int {
        guard values.count == attributes.count else { return Self.none }
        let found = tenants.firstIndex { tenant in
            attributes.indices.allSatisfy { index in
                guard let wanted = tenant.conditions[attributes[index]] else { return true }
                return values[index].map(wanted.contains) ?? false
            }
        }
        return found.map { $0 + 1 } ?? Self.none
    }

    /// Whether a model belongs to a tenant.
    func own(model: Int) -> Bool { tenants.contains { $0.models.contains(model) } }

    /// Whether a tenant has models or aliases of its own, so that a name may mean another model.
    func namesModels(of tenant: Int) -> Bool {
        guard let layer = layer(of: tenant) else { return false }
        return !layer.names.isEmpty || !layer.aliases.isEmpty || !layer.rules.isEmpty
    }

    /// The tenant's models and aliases over the book; `nil` for ``none``.
    func layer(of tenant: Int) -> PriceLayer? { tenant == Self.none ? nil : tenants[tenant - 1].layer }

    /// The factor on the rates of a model, in billionths.
    ///
    /// A discount of the call's tenant counts instead of one for everybody.
    ///
    /// - Parameters:
    ///   - tenant: The tenant's number.
    ///   - provider: The provider that was called; it may resell another provider's model.
    ///   - model: The model's number and id.
    /// - Returns: The factor; 1,000,000,000 without a discount.
    func factor(of tenant: Int, provider: UInt16, model: (number: Int, id: String)) -> Int64 {
        if tenant != Self.none {
            let own = tenants[tenant - 1]
            if own.models.contains(model.number) { return Self.one }
            if let factor = Self.factor(own.discounts, provider: provider, model: model.id) { return factor }
        }
        guard model.number < discounted else { return Self.one }
        return Self.factor(discounts, provider: provider, model: model.id) ?? Self.one
    }

    /// The factor of no discount.
    static let one: Int64 = 1_000_000_000

    /// The factor of the most specific discount that fits, or `nil`.
    private static func factor(_ discounts: [Discount], provider: UInt16, model: String) -> Int64? {
        let fitting = discounts.filter { discount in
            (discount.provider ?? provider) == provider && (discount.model ?? model) == model
        }
        // Of equally specific ones the last counts, as everywhere in a price file.
        return fitting.enumerated().max { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }?
            .element.billionths
    }
}
