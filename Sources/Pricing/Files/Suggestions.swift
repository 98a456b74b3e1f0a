// SPDX-License-Identifier: Apache-2.0
package import GenAI
import Notation

/// Suggestions for a model that is not in the book.
package struct PriceSuggestions: Sendable, Equatable {
    /// The ids of the models with the nearest names, at most three, the nearest first; may be empty.
    ///
    /// A name is near if it differs from the reported one in at most a third of its letters.
    package let closest: [String]
    /// A price file for the model that the operator has to complete.
    ///
    /// The operator replaces its question marks, which a reader of price files refuses: rates and fees, or the model behind a
    /// deployment's name. The call then has a price.
    package let stub: String
}

extension PriceBook {
    /// Suggests known models with similar names, and a price file for an unknown model.
    ///
    /// - Parameters:
    ///   - reported: The provider as reported; empty when absent.
    ///   - host: The host that was called; empty when unknown.
    ///   - model: The model as reported.
    ///   - units: What the calls are billed for in addition to tokens.
    /// - Returns: The nearest models of the provider and of the providers whose models it resells, or of all providers if it
    ///   is unknown, and a price file to complete. The result is always the same for the same book.
    /// - Complexity: One comparison with each name of the book; it ends early if the best three so far are nearer.
    package func suggestions(
        provider reported: String, host: String = "", model: String, units: [BilledUnits.Unit] = []
    ) -> PriceSuggestions {
        let lowered = model.trimmed.lowercased()
        let provider = providers.resolve(reported: reported, host: host, model: lowered)
        let closest = closest(to: lowered, provider: provider)
        let owner = provider.map { StubProvider(id: providers.ids[Int($0)]) } ?? newProvider(reported, lowered)
        let stub =
            ModelNames.isOpaque(lowered)
            ? aliasStub(owner, model: lowered)
            : modelStub(owner, model: lowered, units: units, closest: closest.first)
        return PriceSuggestions(closest: closest, stub: stub)
    }

    /// The provider in a stub.
    private struct StubProvider {
        let id: String
        /// What the file has to say of the provider, so that calls are found to be its own; `nil` if the book says it.
        var addition: String?
    }

    /// The provider of a stub for calls that do not identify one.
    ///
    /// A reported name that the book does not know becomes a new provider. If the span reports none, a gateway, or a provider that
    /// does not count at a private address, the file identifies the provider by the model's name.
    private func newProvider(_ reported: String, _ model: String) -> StubProvider {
        func byModel(_ start: String) -> String { "{unambiguous: [\(JSONText.quoted(start))]}" }
        let name = reported.trimmed.lowercased()
        if let known = providers.resolve(reported: name, host: "", model: "") {
            let start = model.split(separator: "/").last.map(String.init) ?? model
            return StubProvider(id: providers.ids[Int(known)], addition: byModel(start))
        }
        return providers.isPassedOn(name)
            ? StubProvider(id: "my-provider", addition: byModel(providers.lineStart(of: model)))
            : StubProvider(id: name, addition: "{}")
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

    private func head(_ owner: StubProvider) -> [String] {
        ["format: pricebook/1"]
            + (owner.addition.map { ["providers:", "  \(JSONText.quoted(owner.id)): \($0)"] } ?? [])
    }

    private func aliasStub(_ owner: StubProvider, model: String) -> String {
        let lines =
            head(owner) + [
                "aliases:", "  # The id of the model behind the name, such as openai/gpt-4o; 'prices list' has all.",
                "  - {provider: \(JSONText.quoted(owner.id)), name: \(JSONText.quoted(model)), to: \"?\"}",
            ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func modelStub(
        _ owner: StubProvider, model: String, units: [BilledUnits.Unit], closest: String?
    ) -> String {
        let quotedProvider = JSONText.quoted(owner.id)
        let quotedModel = JSONText.quoted(model)
        var lines = head(owner)
        lines += [
            "models:",
            "  - id: \(JSONText.quoted("\(owner.id)/\(model)"))",
            "    provider: \(quotedProvider)",
            "    names: [\(quotedModel)]",
            "    prices:",
            "      # Dollars per million tokens. Without cache_read and cache_write, cached tokens cost as much as others.",
            "      - rates: {input: \"?\", output: \"?\"}",
        ]
        if !units.isEmpty {
            let fees = units.map { "\($0.name): \"?\"" }.joined(separator: ", ")
            lines += ["        # Dollars apiece.", "        fees: {\(fees)}"]
        }
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
