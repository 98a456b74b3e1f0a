// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Notation
import Pricing

/// `prices diff`: the figures in which two price files or books differ.
struct PricesDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show the figures that differ between two price files or books.",
        discussion: """
            Each file is laid over the embedded book before the comparison; 'embedded' is that book alone.

            The exit code is 0, with and without differences; 1 if a file cannot be used; 64 for a wrong flag or value.
            """)

    @OptionGroup var output: OutputFormatFlag
    @Option(help: "Largest number of changes to list; all changes are counted.")
    var limit = 1000
    @Argument(help: "Price file or book to compare from.")
    var before: String
    @Argument(help: "Price file or book to compare to.")
    var after: String

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit must be at least 0, not \(limit)") }
    }

    func run() throws {
        let old = try PriceFilesFlag.book(of: [before])
        let new = try PriceFilesFlag.book(of: [after])
        let difference = new.difference(from: old, limit: limit)
        guard output.format == .text else {
            func value(_ text: String?) -> String { text.map(JSONText.quoted) ?? "null" }
            let changes = difference.changes.map { change in
                JSONText.object([
                    ("model", JSONText.quoted(change.model)), ("subject", JSONText.quoted(change.subject)),
                    ("before", value(change.before)), ("after", value(change.after)),
                ])
            }
            print(
                JSONText.object([
                    ("changed", String(difference.changed)), ("added", String(difference.added)),
                    ("removed", String(difference.removed)), ("changes", JSONText.list(changes)),
                ]))
            return
        }
        let rows = difference.changes.map { [$0.model, $0.subject, $0.before ?? "-", "->", $0.after ?? "-"] }
        print(AlignedColumns.text(rows), terminator: "")
        if difference.isCut { print("… and more; --limit lists them") }
        print("\(difference.changed) changed, \(difference.added) added, \(difference.removed) removed")
    }
}
