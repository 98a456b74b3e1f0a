// SPDX-License-Identifier: Apache-2.0
import Notation
import Pricing

/// What a newer price book changes, for people and programs.
struct BookChange {
    private let versions: (before: String, after: String)
    private let added: [String]
    private let removed: [String]
    /// The figures of models that both books have.
    private let figures: [BookDifference.Change]
    private let isCut: Bool
    /// The counts of changed, added and removed figures, those of added and removed models included.
    private let counts: (changed: Int, added: Int, removed: Int)
    private let warnings: [String]

    /// Compares two books.
    ///
    /// - Parameters:
    ///   - present: The prices as they are.
    ///   - updated: The prices as they will be.
    ///   - limit: The largest number of figures that are listed.
    init(from present: PriceBook, to updated: PriceBook, limit: Int) {
        versions = (present.header.version, updated.header.version)
        let (before, after) = (present.modelIDs, updated.modelIDs)
        added = after.subtracting(before).sorted()
        removed = before.subtracting(after).sorted()
        let difference = updated.difference(from: present, limit: .max)
        counts = (difference.changed, difference.added, difference.removed)
        let whole = Set(added).union(removed)
        let changes = difference.changes.filter { !whole.contains($0.model) }
        figures = Array(changes.prefix(limit))
        isCut = changes.count > limit
        warnings = updated.warnings
    }

    /// The changes, line by line.
    var text: String {
        var text = "price book \(versions.before) -> \(versions.after)\n"
        func list(_ head: String, _ ids: [String]) {
            guard !ids.isEmpty else { return }
            text += "\(head):\n" + ids.map { "  \(ShownText.plain($0))\n" }.joined()
        }
        list("models added", added)
        list("models removed", removed)
        if !figures.isEmpty {
            let rows = figures.map {
                ["  " + ShownText.plain($0.model), $0.subject, $0.before ?? "-", "->", $0.after ?? "-"]
            }
            text += "prices changed:\n" + AlignedColumns.text(rows)
        }
        if isCut { text += "  … and more; --limit lists them\n" }
        for warning in warnings { text += "warning: \(ShownText.plain(warning))\n" }
        return text + "models: \(added.count) added, \(removed.count) removed; figures: \(counts.changed) changed, "
            + "\(counts.added) added, \(counts.removed) removed\n"
    }

    /// The changes as one JSON object.
    ///
    /// - Parameters:
    ///   - outcome: `written`, `same` or `dry_run`.
    ///   - place: The file that the book replaces.
    ///   - former: Where the former book is kept, or `nil`.
    /// - Returns: The object on one line.
    func json(outcome: String, place: String, former: String?) -> String {
        var line = JSONLine()
        line.add("outcome", outcome)
        line.add("file", place)
        line.add("former", former)
        line.add("version_before", versions.before)
        line.add("version_after", versions.after)
        line.add("models_added", added)
        line.add("models_removed", removed)
        line.add("changed", counts.changed)
        line.add("added", counts.added)
        line.add("removed", counts.removed)
        line.add(
            "changes",
            figures.map { change in
                var line = JSONLine()
                line.add("model", change.model)
                line.add("subject", change.subject)
                line.add("before", change.before)
                line.add("after", change.after)
                return line
            })
        line.add("warnings", warnings)
        return line.text
    }
}
