// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CallMetrics
import Ledger
import Overview
import Pricing

/// `metrics`: every family that `/metrics` can show.
struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List every metric family with its type, meaning and labels.",
        discussion: """
            Without a settings file it lists all families. With one it lists those of a service with these settings: with \
            the labels of the settings, and without views that are off.
            """)

    @OptionGroup var file: ConfigFileFlag
    @OptionGroup var output: OutputFormatFlag

    func run() throws {
        let catalogue = Self.catalogue(try Loaded(file), isWhole: file.value == nil)
        switch output.format {
        case .text: print(AlignedColumns.text(catalogue.rows), terminator: "")
        case .json: print(catalogue.json, terminator: "")
        }
    }

    /// The families that a service registers.
    ///
    /// - Parameters:
    ///   - loaded: Its settings and prices.
    ///   - isWhole: Whether to include the views that the settings leave off.
    /// - Returns: The families, in the order of the page.
    static func catalogue(_ loaded: Loaded, isWhole: Bool) -> FamilyCatalogue {
        var loaded = loaded
        if isWhole {
            loaded.settings.modelCalls.addViews()
            loaded.settings.traceQuiet = TraceMetricsConfiguration().quiet
        }
        let keeper = OverviewKeeper(since: 0, zone: loaded.settings.zone)
        let keepsFolder = isWhole || !loaded.settings.storagePath.isEmpty
        let assembly = Assembly(
            loaded, clock: .stopped, guests: [keeper.guest], folder: keepsFolder ? LedgerFolder.unused : nil)
        return FamilyCatalogue(assembly.page.families)
    }
}

extension AssemblyClock {
    /// A clock that stands still, for families without values.
    fileprivate static let stopped = AssemblyClock(
        monotonicNanoseconds: { 1 }, wallNanoseconds: { 1 }, processLevels: { ProcessLevels() },
        logLosses: { LogLosses(queueFull: 0, writeFailed: 0, rateLimit: 0) }, scrapers: { (regular: 0, forgotten: 0) })
}
