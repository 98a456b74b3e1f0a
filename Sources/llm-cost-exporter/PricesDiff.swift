// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Pricing

/// `prices diff`: the figures in which two price files or books differ.
struct PricesDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show changed, added and removed figures between two price files or books.",
        discussion: "Each file is taken together with the embedded book; 'embedded' is that book alone.")

    @OptionGroup var output: OutputFormatFlag
    @Option(help: "The most changes to list; all are counted.")
    var limit = 1000
    @Argument(help: "The price file or book before.")
    var before: String
    @Argument(help: "The price file or book after.")
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
