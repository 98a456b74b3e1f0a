// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Notation
import Pricing

/// `prices update`: puts a newer price book in the place that settings name.
struct PricesUpdate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Check a newer price book, say what it changes, and put it in the place that settings name.",
        discussion: """
            The book is one that scripts/import-prices makes. The place is the file under prices.files of the settings that \
            is a book already, or that does not exist yet; --to names another. The book is checked with all other price \
            files of the settings over it, and then replaces the file in one step. The former book stays next to it, with \
            '.previous' at the end of its name.

            A running service with reload.watch reads the new book by itself; otherwise send it SIGHUP.

            The exit code is 0 if the book is in place, would be with --dry-run, or was there already; 1 if it is refused, or \
            a file cannot be read or written; 64 for a wrong flag.
            """)

    @OptionGroup var file: ConfigFileFlag
    @OptionGroup var output: OutputFormatFlag
    @Option(help: ArgumentHelp("The file to replace, instead of the one that settings name.", valueName: "file"))
    var to: String?
    @Flag(help: "Check the book and say what it changes, and write nothing.")
    var dryRun = false
    @Flag(help: "Accept a book that is older than the present one.")
    var allowOlder = false
    @Option(help: ArgumentHelp("Largest number of changed figures to list; all are counted.", valueName: "count"))
    var limit = 1000
    @Argument(help: "The newer price book.")
    var book: String

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit must be at least 0, not \(limit)") }
    }

    func run() throws {
        var (settings, files) = (Settings(), FileStamps())
        if let named = file.value {
            try SettingsFile.read(named.text, namedBy: named.source, into: &settings, noting: &files)
        }
        do throws(PriceUpdateError) {
            let plan = try PriceUpdate(of: book, to: to, settings: settings)
            let isOlder = plan.isOlder
            let change = BookChange(from: plan.present, to: plan.updated, limit: limit)
            if !plan.isSame, isOlder, !allowOlder {
                throw PriceUpdateError(
                    "\(book): version \(plan.updated.header.version) is older than \(plan.present.header.version), which is in "
                        + "force; --allow-older accepts it")
            }
            if !plan.isSame, !dryRun { try plan.write() }
            show(plan, change)
        } catch {
            StandardError.write("\(error)\n")
            throw ExitCode.failure
        }
    }

    private func show(_ plan: PriceUpdate, _ change: BookChange) {
        let outcome = plan.isSame ? "same" : dryRun ? "dry_run" : "written"
        switch output.format {
        case .json:
            print(change.json(outcome: outcome, place: plan.place, former: plan.isSame || dryRun ? nil : plan.former))
        case .text:
            print(change.text, terminator: "")
            switch outcome {
            case "same": print("\(plan.place) has this book already")
            case "dry_run": print("\(plan.place) would be replaced; nothing was written")
            default:
                let former = plan.former.map { "; the former book is \($0)" } ?? ""
                print("\(plan.place) was replaced\(former)")
            }
        }
    }
}
