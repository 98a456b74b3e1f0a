// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CallMetrics
import Foundation
import GenAI
import Glibc
import HTTPAPI
import Ingest
import Ledger
import Logging
import Notation
import Overview
import Pages
import Pricing
import ServiceLifecycle
import UnixSignals

/// `serve`: receives spans at the OTLP listener and serves metrics at the web listener until a signal stops it.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Receive spans over OTLP/HTTP and serve Prometheus metrics.")

    @OptionGroup var file: ConfigFileFlag
    @OptionGroup var prices: OwnPricesFlag
    @OptionGroup var flags: ServeFlags

    func run() async throws {
        Allocator.keepBodies()
        let (file, prices, flags) = (file, prices, flags)
        // From now on SIGHUP ends nothing.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let stop = await StopSignals()
        let load: Reloader.Load = { files in
            var loaded = try Loaded(file.value, prices: prices, flags: flags, noting: &files)
            // Event loops work on small bodies in addition to the workers.
            loaded.settings.ingest.workers = loaded.settings.http.workerCount + loaded.settings.http.loopCount
            loaded.settings.fit(into: ProcessStatistics.memoryLimit)
            return loaded
        }
        var files = FileStamps()
        let loaded = try load(&files)
        let settings = loaded.settings

        let threshold = LogThreshold(settings.logging.level.level)
        let (format, limits, lines) = (settings.logging.format, LogLimits(), StandardError.startQueue())
        lines.announceLosses { LogLines.lossLine(format, lines: $0) }
        // Libraries that make loggers of their own log through the same queue.
        LoggingSystem.bootstrap { LogLines(format, threshold: threshold, limits: limits, label: $0) }
        let logger = Logger(label: LogLines.label)
        let process = ProcessStatistics()
        let folder = try Self.folder(settings, logger)
        // With a folder, the next process shows what this one has counted.
        let finalScrape = FinalScrape(
            limit: settings.http.finalScrape, isContinued: folder != nil, clock: ContinuousClock())
        // Records of earlier processes may be older than the monotonic clock, which begins with the machine.
        let offset: UInt64 = folder == nil ? 0 : Self.past
        let readiness = Readiness()
        let overview = OverviewKeeper(since: WallClock.nanoseconds(), zone: settings.zone)
        let questions = QuestionGuest(settings)
        let assembly = Assembly(
            loaded,
            clock: AssemblyClock(
                monotonicNanoseconds: { WallClock.monotonicNanoseconds() + offset },
                wallNanoseconds: { WallClock.nanoseconds() }, processLevels: { process.levels() },
                logLosses: {
                    let losses = lines.losses
                    return LogLosses(queueFull: losses.full, writeFailed: losses.failed, rateLimit: limits.leftOut)
                }, scrapers: { finalScrape.levels }),
            isFinal: { readiness.state == .stopping }, guests: [overview.guest, questions.guest],
            folder: folder)
        questions.read(assembly.memory)
        let reloader = Reloader(
            load: load, settings: settings, files: files, assembly: assembly, threshold: threshold, logger: logger,
            wallNanoseconds: { WallClock.nanoseconds() })
        let plan = try Self.connectionPlan(settings.http, logger: logger)
        let connections = assembly.connections ?? ConnectionMetrics(store: MetricsStore())
        var actions = WebActions()
        actions.unpriced = { assembly.unpricedList }
        actions.unread = { assembly.metrics.unread.scopes }
        actions.overview = {
            assembly.writeWaitingSums()
            let header = assembly.book.header
            return overview.overview(
                at: WallClock.nanoseconds(), book: Overview.Book(version: header.version, day: Int(header.day)))
        }
        actions.pages = questions.desk.map { CostPages($0, rule: settings.http.pageRule) { assembly.book } }
        actions.endQuestions = { questions.end() }
        actions.reprice = Self.repriceCommand(settings, file, prices)
        actions.otherSignals = { assembly.metrics.otherSignals.senders }
        actions.reload = { await reloader.reload(.request) }
        let announce: @Sendable (ListenerName, String) -> Void = { listener, address in
            logger.info("listening", metadata: ["door": "\(listener.rawValue)", "address": "\(address)"])
        }
        let web = WebListener(
            configuration: settings.http, render: { assembly.page.render($0, seen: $1) }, counters: assembly.metrics,
            plan: plan, connectionCounters: connections, readiness: readiness, actions: actions,
            routes: assembly.routes, version: Version.text, logger: logger,
            wallNanoseconds: { WallClock.nanoseconds() },
            finalScrape: finalScrape, cutShort: { await stop.insist() },
            isHurried: { stop.isInterrupted }, onListening: announce)
        let otlp = OTLPListener(
            configuration: settings.http, ingest: assembly.pipeline, counters: assembly.metrics, plan: plan,
            connectionCounters: connections, readiness: readiness, refused: actions.refused, logger: logger,
            wallNanoseconds: { WallClock.nanoseconds() }, onListening: announce)
        logger.info(
            "starting",
            metadata: [
                "version": "\(Version.text)", "price_book": "\(loaded.book.header.version)",
                "max_inflight_bytes": "\(settings.http.inflightLimit)",
            ])

        if let asked = settings.http.loweredInflatedBytes {
            logger.warning(
                "the memory limit lowers the largest inflated body; set otlp.max_inflight_bytes to allow more",
                metadata: [
                    "max_inflated_bytes": "\(settings.http.maxInflatedBytes)",
                    "max_inflated_bytes_in_settings": "\(asked)",
                ])
        }

        for use in settings.oldNames { use.log(to: logger) }
        for variable in UnknownVariable.all() { variable.log(to: logger) }
        for warning in loaded.book.warnings.prefix(Reloader.mostTold) {
            logger.warning("a price looks odd", metadata: ["warning": "\(warning)"])
        }

        do {
            if let found = try assembly.recover(notice: { LedgerLog.write($0, to: logger) }) {
                LedgerLog.write(found.report, found.series, to: logger)
            }
            LedgerLog.writePlace(settings, assembly.ledger, to: logger)
        } catch {
            logger.error("cannot continue where the last process ended", metadata: ["error": "\(error)"])
            throw ExitCode.failure
        }

        if let ledger = assembly.ledger { readiness.watch { ledger.isStoring } }

        let notices = Notices(assembly, overview.lastSpans, logger: logger)
        let settler = Settler(pipeline: assembly.pipeline, settlesAtEnd: folder == nil) { notices.tell() }
        for label in settings.labels where SettingsFile.labelsOfTargets.contains(label.name) {
            logger.warning(
                "Prometheus sets this label itself, and shows the one of the settings with the prefix exported_",
                metadata: ["label": "\(label.name)"])
        }

        let triggers = ReloadTriggers(reloader: reloader, hangups: hangups)
        // The group shuts its services down in reverse order: the OTLP listener stops, waiting spans are counted, and then the
        // web listener waits for the last scrapes.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [web, settler, otlp, triggers], logger: Logger(label: "services")))
        defer {
            questions.close()
            assembly.ledger?.close()
        }
        guard !stop.isStopping else {
            logger.info("stopped by a signal before the listeners opened")
            return
        }
        let stopper = Task {
            await stop.begin()
            finalScrape.shutdownBegan()
            assembly.ledger?.shutdownBegan()
            await group.triggerGracefulShutdown()
        }
        Allocator.forgetStart()
        do {
            try await group.run()
        } catch let error as HTTPAPIError {
            logger.error("cannot serve", metadata: ["error": "\(error)"])
            throw ExitCode.failure
        }
        stopper.cancel()
        logger.info("stopped")
        withExtendedLifetime(hangups) {}
    }

    /// How far records of earlier processes may reach back, in nanoseconds: 36 years.
    private static let past: UInt64 = 1 << 60

    /// Opens the folder of the ledger, if the settings name one.
    private static func folder(_ settings: Settings, _ logger: Logger) throws -> LedgerFolder? {
        guard !settings.storagePath.isEmpty else { return nil }
        do {
            var folder = try LedgerFolder(
                settings.storagePath, holder: "process \(getpid()) of version \(Version.text)")
            if folder.lostSecret { LedgerLog.writeLostSecret(to: logger) }
            for removed in folder.removeUnfinishedRows() { LedgerLog.writeRemoved(removed, to: logger) }
            if settings.users == .hash { try folder.readUserKey() }
            return folder
        } catch {
            logger.error("cannot use the folder of storage.path", metadata: ["error": "\(error)"])
            throw ExitCode.failure
        }
    }

    /// The command that prices the stored calls of this month again, by the prices of this service.
    ///
    /// - Returns: A line for a shell, from any working directory; `nil` where no folder keeps calls.
    private static func repriceCommand(
        _ settings: Settings, _ file: ConfigFileFlag, _ prices: OwnPricesFlag
    ) -> String? {
        guard !settings.storagePath.isEmpty, settings.rows.keepsCalls else { return nil }
        func absolute(_ path: String) -> String {
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        }
        var words = ["--storage.path", absolute(settings.storagePath)]
        if let named = file.value { words += ["--config.file", absolute(named.text)] }
        if prices.isNamed {
            let paths = settings.priceFiles.map { absolute($0.path) }
            words += (paths.isEmpty ? [PriceFilesFlag.embedded] : paths).flatMap { ["--prices", $0] }
        }
        return SuggestedCommand.reprice(of: words)
    }

    /// Raises the limit on open files and plans the connections that it allows; logs a warning if these are fewer than asked.
    private static func connectionPlan(_ settings: HTTPAPIConfiguration, logger: Logger) throws -> ConnectionPlan {
        let descriptors = FileDescriptors.raiseLimit()
        let plan = try ConnectionPlan(settings, descriptors: descriptors, cores: settings.loopCount)
        if plan.total < settings.maxConnections {
            logger.warning(
                "the limit on open files allows fewer connections than http.max_connections",
                metadata: [
                    "asked": "\(settings.maxConnections)", "max_connections": "\(plan.total)",
                    "open_files": "\(descriptors?.limit ?? 0)", "web_connections": "\(plan.web)",
                ])
        }
        return plan
    }
}
