// SPDX-License-Identifier: Apache-2.0

/// The differences between two price books.
package struct BookDifference: Sendable, Equatable {
    /// A figure that was changed, added or removed.
    package struct Change: Sendable, Equatable {
        /// The model's id; for a tenant's own model, `tenant NAME: ` and the id.
        package let model: String
        /// What the figure is the price of; see ``PriceModel/Figure/subject``.
        package let subject: String
        /// The figures; `before` is `nil` for an added one, `after` for a removed one.
        package let before: String?
        package let after: String?
    }

    /// The changes in the order of the models' ids, up to the limit.
    package let changes: [Change]
    /// The numbers of changed, added and removed figures.
    package let changed: Int
    package let added: Int
    package let removed: Int

    /// Whether nothing changed.
    package var isEmpty: Bool { changed + added + removed == 0 }

    /// Whether there are more changes than ``changes`` has.
    package var isCut: Bool { changes.count < changed + added + removed }
}

extension PriceBook {
    /// The differences from an earlier book.
    ///
    /// Models with the same line in both books are not read, so that two books over the embedded one are compared in the time
    /// that their price files take.
    ///
    /// - Parameters:
    ///   - old: The earlier book.
    ///   - limit: The largest number of changes that are listed; all are counted.
    /// - Returns: Changed, added and removed figures by model.
    package func difference(from old: PriceBook, limit: Int = 100) -> BookDifference {
        var collector = DifferenceCollector(limit: limit)
        let (before, after) = (old.statedFigures(against: self), statedFigures(against: old))
        for id in Set(before.keys).union(after.keys).sorted() {
            collector.add(id, before[id] ?? [], after[id] ?? [])
        }
        return collector.difference
    }

    /// By the model's id, the figures that may differ from those of another book.
    ///
    /// A price file's model hides the book's model of the same id.
    private func statedFigures(against other: PriceBook) -> [String: [PriceModel.Figure]] {
        var figures: [String: [PriceModel.Figure]] = [:]
        func state(_ number: Int, _ id: String) { figures[id] = (try? base.model(number))?.figures }
        if base.isSameText(as: other.base) {
            // Models that only the other book's files replace appear here with the figures of the embedded book.
            for model in other.added {
                if let number = base.model(id: model.id) { state(number, model.id) }
            }
        } else {
            let hidden = Set(added.map(\.id) + other.added.map(\.id))
            for number in 0..<base.index.modelCount {
                let id = base.id(ofModel: number)
                if !hidden.contains(id), let twin = other.base.model(id: id),
                    other.base.line(ofModel: twin) == base.line(ofModel: number)
                {
                    continue
                }
                state(number, id)
            }
        }
        for (index, model) in added.enumerated() {
            let number = base.index.modelCount + index
            let owner = tenants.tenants.first { $0.models.contains(number) }
            figures[owner.map { "tenant \($0.name): \(model.id)" } ?? model.id] = model.figures
        }
        stateAliases(layer, of: "", in: &figures)
        for tenant in tenants.tenants {
            stateAliases(tenant.layer, of: "tenant \(tenant.name): ", in: &figures)
            stateDiscounts(tenant.discounts, of: "tenant \(tenant.name)", in: &figures)
        }
        stateDiscounts(tenants.discounts, of: "all calls", in: &figures)
        return figures
    }

    private func stateDiscounts(
        _ discounts: [Tenants.Discount], of owner: String, in figures: inout [String: [PriceModel.Figure]]
    ) {
        guard !discounts.isEmpty else { return }
        figures[owner] = discounts.map { discount in
            let provider = discount.provider.map { " " + providers.ids[Int($0)] } ?? ""
            let subject = "discount" + provider + (discount.model.map { " " + $0 } ?? "")
            return PriceModel.Figure(subject: subject, billionths: discount.billionths)
        }
    }

    /// Adds the targets of aliases.
    private func stateAliases(
        _ layer: PriceLayer, of owner: String, in figures: inout [String: [PriceModel.Figure]]
    ) {
        for (name, target) in layer.aliases {
            var stated = [PriceModel.Figure(subject: "stands for", value: id(ofModel: target.model))]
            if target.billionths != 1_000_000_000 {
                stated.append(PriceModel.Figure(subject: "times", billionths: target.billionths))
            }
            figures["\(owner)alias \(providers.ids[Int(name.provider)])/\(name.name)"] = stated
        }
    }
}

/// Collects changes: lists the first ones and counts all.
private struct DifferenceCollector {
    let limit: Int
    private var changes: [BookDifference.Change] = []
    private var changed = 0
    private var added = 0
    private var removed = 0

    init(limit: Int) { self.limit = limit }

    var difference: BookDifference {
        BookDifference(changes: changes, changed: changed, added: added, removed: removed)
    }

    mutating func add(_ model: String, _ before: [PriceModel.Figure], _ after: [PriceModel.Figure]) {
        let old = Dictionary(before.map { ($0.subject, $0.value) }) { $1 }
        let new = Dictionary(after.map { ($0.subject, $0.value) }) { $1 }
        var subjects = before.map(\.subject)
        let known = Set(subjects)
        subjects += after.map(\.subject).filter { !known.contains($0) }
        var seen: Set<String> = []
        for subject in subjects where seen.insert(subject).inserted && old[subject] != new[subject] {
            switch (old[subject], new[subject]) {
            case (nil, _): added += 1
            case (_, nil): removed += 1
            default: changed += 1
            }
            guard changes.count < limit else { continue }
            changes.append(
                BookDifference.Change(model: model, subject: subject, before: old[subject], after: new[subject]))
        }
    }
}
