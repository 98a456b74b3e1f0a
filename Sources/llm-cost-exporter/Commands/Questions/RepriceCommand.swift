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
            llm-cost-exporter reprice <folder> --from <time> [--to <time>] [--dry-run] [<options>]
            For example: llm-cost-exporter reprice /var/lib/llm-cost-exporter --from now/M --dry-run
            """,
        discussion: """
            Use it when prices were wrong or missing. Calls, roll-ups and counters keep the cost that was counted; the \
            differences are rows of their own, and the questions about calls show both, as cost and adjusted_cost. A call \
            that has no price by the book in force keeps what it had.

            It works beside a running service, which waits for some milliseconds at a time. Prices are those that this \
            command reads, by the settings and --prices, at the time of each call; the lines below the table name them, and say \
            what is left out. If calls of the period were priced by a price file that it does not read, it changes nothing and \
            names the file.

            The exit code is 0; 1 if the folder cannot be read or written, or settings or prices have a mistake; 64 for a \
            wrong flag, or if calls were priced by a file that this command does not read; 74 if the result cannot be written.
            """)

    @OptionGroup var ledger: LedgerFolderArgument
    @OptionGroup var prices: OwnPricesFlag
    @OptionGroup var period: PeriodFlags

    @Option(help: ArgumentHelp("Only calls of this model, as /metrics shows it; * is any text.", valueName: "pattern"))
    var model: String?

    @Flag(help: "Say what would change, and change nothing.")
    var dryRun = false

    @Flag(help: "Also price calls again that were priced by price files which this command does not read.")
    var allowMissingFiles = false

    @OptionGroup var output: OutputFormatFlag

    func run() throws {
        guard period.from != nil else {
            throw ValidationError("name the start of the period: --from 2026-11-01, or --from now/M for this month")
        }
        let loaded = try Loaded(ledger.flags.file, prices: prices)
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
        if !allowMissingFiles { try refuseMissingFiles(repricing) }
        let used = RepricingForms.Used(asked, loaded.book, isDry: dryRun)
        let line = StepProgress()
        do throws(JournalError) {
            let report = try repricing.run { done, all in line.show("pricing", done, of: all) }
            line.clear()
            switch output.format {
            case .text: RepricingForms.lines(report, used).forEach { print($0) }
            case .json: print(RepricingForms.json(report, used))
            }
        } catch {
            line.clear()
            throw LedgerFolderFlags.refusal(error)
        }
    }

    /// Ends the command if it would take back prices of files that it does not read.
    private func refuseMissingFiles(_ repricing: Repricing) throws {
        let missing: MissingPriceFiles?
        do { missing = try repricing.missingFiles() } catch { throw LedgerFolderFlags.refusal(error) }
        guard let missing else { return }
        let names = missing.names.map(ShownText.plain).joined(separator: ", ")
        let (files, are) = missing.names.count == 1 ? ("the price file", "is") : ("the price files", "are")
        throw ValidationError(
            "\(Plural.of(missing.calls, "call")) of the period \(missing.calls == 1 ? "was" : "were") priced with \(files) "
                + "\(names), which \(are) not among the prices of this command; name the settings of the service by "
                + "--config.file FILE, or price files by --prices FILE, or write --allow-missing-files to price the calls "
                + "without them")
    }
}
