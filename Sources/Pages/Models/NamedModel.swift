// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Pricing
import Reports

/// The model that an address names: as calls name it, or by any name that the price book maps to the same model.
struct NamedModel {
    /// The names that calls have for it; the name of the address if no call has one.
    let names: [String]
    /// The providers of these calls, since another provider may use the name for another model; empty if calls use the name of
    /// the address.
    let providers: [String]
    /// Whether the calls or the price book know the name.
    let isKnown: Bool

    /// Not a setting: the largest number of names, and of providers.
    private static let most = 10

    /// - Parameters:
    ///   - name: The name in the address.
    ///   - stored: The models of stored calls, with their providers.
    ///   - book: The price book in force.
    init(_ name: String, stored: [(name: String, provider: String)], _ book: PriceBook?) {
        guard !stored.contains(where: { ExactText($0.name) == ExactText(name) }) else {
            (names, providers, isKnown) = ([name], [], true)
            return
        }
        let id = book.flatMap { book in
            book.listings(id: name).first?.model.id
                ?? book.modelID(of: name, provider: "", host: "", allowsApproximate: false)
        }
        let same = stored.filter { call in
            if call.name.lowercased() == name.lowercased() { return true }
            guard let id else { return false }
            return book?.modelID(of: call.name, provider: call.provider, host: "", allowsApproximate: false) == id
        }
        isKnown = id != nil || !same.isEmpty
        names = same.isEmpty ? [name] : Self.first(same.map(\.name))
        providers = Self.first(same.map(\.provider))
    }

    private static func first(_ texts: [String]) -> [String] {
        var known: Set<ExactText> = []
        return Array(texts.filter { known.insert(ExactText($0)).inserted }.prefix(most))
    }
}
