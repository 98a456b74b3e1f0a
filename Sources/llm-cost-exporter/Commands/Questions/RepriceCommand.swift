// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Ledger
import Notation
import Pricing
import Reports

/// `reprice`: prices kept calls again by the book in force.
struct RepriceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprice",
        abstract: "Price stored calls again by the prices in force, and keep the differences beside their costs.",
        usage: """
            llm-cost-exporter reprice --storage.path <folder> --from <time> [--to <time>] [--dry-run] [<options>]
            For example: llm-cost-exporter reprice --storage.path /var/lib/llm-cost-exporter --from now/M --dry-run
            """,
        discussion: """
            Use it when prices were wrong or missing. Calls, roll-ups and counters keep the cost that was counted; the \
            differences are rows of their own, and the questions about calls show both, as cost and adjusted_cost. A call \
            that has no price by the book in force keeps what it had.

            It works beside a running service, which waits for some milliseconds at a time. Prices are those that this \
            command reads, by the settings and --prices, at the time of each call. What is left out is told below the table.

            The exit code is 0; 1 if the folder cannot be read or written, or settings or prices have a mistake; 64 for a \
            wrong flag; 74 if the result cannot be written.
            """)

    @OptionGroup var ledger: LedgerFolderFlags
    @OptionGroup var prices: OwnPricesFlag
    @OptionGroup var period: PeriodFlags

    @Option(help: ArgumentHelp("Only calls of this model, as /metrics shows it; * is any text.", valueName: "pattern"))
    var model: String?

    @Flag(help: "Say what would change, and change nothing.")
    var dryRun = false

    @OptionGroup var output: OutputFormatFlag

    func run() throws {
        guard period.from != nil else {
            throw ValidationError("name the begin of the period: --from 2026-11-01, or --from now/M for this month")
        }
        let loaded = try Loaded(ledger.file, prices: prices)
        let path = try ledger.folder(of: try ledger.settings())
        if let problem = FolderDesk.problem(of: path) {
            StandardError.write("Error: \(ShownText.escaped(problem))\n")
            throw ExitCode.failure
        }
        let now = Int64(WallClock.nanoseconds() / 1_000_000_000)
        let asked: Period
        do throws(QuestionError) {
            let query = QuestionParameters.query(period.parameters())
            asked = try Period(
                QuestionParameters(query: query, known: Period.names), now: now, zone: loaded.settings.zone)
        } catch {
            throw ValidationError(FolderDesk.sentence(error))
        }
        let pattern = model.map { ValuePattern($0) }
        let selection = Repricing.Selection(minutes: asked.minutes, pattern: model ?? "") { name in
            pattern?.matches(name) ?? true
        }
        var repricing = Repricing(
            of: path, selection, book: loaded.book, configuration: loaded.settings.pricing, isDry: dryRun, now: now)
        let line = StepProgress()
        do throws(JournalError) {
            let report = try repricing.run { done, all in line.show("pricing", done, of: all) }
            line.clear()
            switch output.format {
            case .text: RepricingForms.lines(report, asked, isDry: dryRun).forEach { print($0) }
            case .json: print(RepricingForms.json(report, asked, isDry: dryRun))
            }
        } catch {
            line.clear()
            throw LedgerFolderFlags.refusal(error)
        }
    }
}
