// SPDX-License-Identifier: Apache-2.0
import Notation

/// Suggestions for a model that is not in the book.
package struct PriceSuggestions: Sendable, Equatable {
    /// The ids of the models with the nearest names, at most three, the nearest first; may be empty.
    ///
    /// A name is near if it differs from the reported one in at most a third of its letters.
    package let closest: [String]
    /// A price file for the model that the operator has to complete: its rates are question marks, which are refused.
    package let stub: String
}

extension PriceBook {
    /// Suggests known models with similar names, and a price file for an unknown model.
    ///
    /// - Parameters:
    ///   - reported: The provider as reported; empty when absent.
    ///   - model: The model as reported.
    /// - Returns: The nearest models of the provider and of the providers whose models it resells, or of all providers if it
    ///   is unknown, and a price file to complete. The result is always the same for the same book.
    /// - Complexity: One comparison with each name of the book; it ends early if the best three so far are nearer.
    package func suggestions(provider reported: String, model: String) -> PriceSuggestions {
        let lowered = model.trimmed.lowercased()
        let provider = providers.resolve(reported: reported, host: "", model: lowered)
        let closest = closest(to: lowered, provider: provider)
        let providerID = provider.map { providers.ids[Int($0)] } ?? reported.trimmed.lowercased()
        return PriceSuggestions(
            closest: closest,
            stub: stub(
                provider: providerID.isEmpty ? "my-provider" : providerID, isNew: provider == nil, model: lowered,
                closest: closest.first))
    }

    private func closest(to model: String, provider: UInt16?) -> [String] {
        let wanted = provider.map { Set([$0] + providers.fallbacks[Int($0)]) }
        var nearest = NearestModels()
        // The part before the last slash is mostly not a part of the name.
        let name = model.split(separator: "/").last.map(String.init) ?? model
        let farthest = name.utf8.count / 3
        for spelling in Set([model, name]).sorted() {
            var distance = EditDistance(from: spelling)
            base.forEachName { text, name, provider, number in
                guard wanted?.contains(provider) ?? true else { return true }
                if let found = distance.distance(to: text, in: name, below: nearest.bound(farthest)) {
                    nearest.add(found, id(ofModel: number))
                }
                return true
            }
            for (index, model) in added.enumerated() {
                // A tenant's own models are not suggested for other calls.
                guard !tenants.own(model: base.index.modelCount + index) else { continue }
                guard wanted?.contains(providers.number(named: model.provider.lowercased()) ?? .max) ?? true else {
                    continue
                }
                for name in model.names {
                    let bytes = Array(name.utf8)
                    if let found = distance.distance(
                        to: bytes.span, in: 0..<bytes.count, below: nearest.bound(farthest))
                    {
                        nearest.add(found, model.id)
                    }
                }
            }
        }
        return nearest.ids
    }

    private func stub(provider: String, isNew: Bool, model: String, closest: String?) -> String {
        let quotedProvider = JSONText.quoted(provider)
        let quotedModel = JSONText.quoted(model)
        var lines = ["format: pricebook/1"]
        if isNew { lines += ["providers:", "  \(quotedProvider): {}"] }
        lines += [
            "models:",
            "  - id: \(JSONText.quoted("\(provider)/\(model)"))",
            "    provider: \(quotedProvider)",
            "    names: [\(quotedModel)]",
            "    prices:",
            "      # Dollars per million tokens. Without cache_read and cache_write, cached tokens cost as much as others.",
            "      - rates: {input: \"?\", output: \"?\"}",
        ]
        // The nearest name may be that of another model, so the operator has to write the id.
        if let closest {
            lines += [
                "# Or, if it is another name for a model that 'prices show' knows, such as \(closest),",
                "# the following instead of 'models', with the id of that model:",
                "# aliases:",
                "#   - {provider: \(quotedProvider), name: \(quotedModel), to: \"?\"}",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// The three nearest models so far; of equally near ones the first by id.
private struct NearestModels {
    private var found: [(distance: Int, id: String)] = []

    var ids: [String] { found.map(\.id) }

    /// The smallest distance that is of no interest.
    ///
    /// - Parameter farthest: The largest distance of a near name. At most 19 counts: no typing error is larger, and a long
    ///   name without a near one would take ten times as long.
    /// - Returns: The bound.
    func bound(_ farthest: Int) -> Int {
        let bound = min(20, farthest + 1)
        return found.count < 3 ? bound : min(bound, found[2].distance + 1)
    }

    mutating func add(_ distance: Int, _ id: String) {
        if let index = found.firstIndex(where: { $0.id == id }) {
            guard distance < found[index].distance else { return }
            found.remove(at: index)
        }
        found.append((distance, id))
        found.sort { ($0.distance, $0.id) < ($1.distance, $1.id) }
        if found.count > 3 { found.removeLast() }
    }
}
