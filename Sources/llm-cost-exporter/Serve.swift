// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import GenAI
import HTTPAPI
import Ingest
import Logging
import Pricing
import ServiceLifecycle
import UnixSignals

/// `serve`: takes spans at one door and shows metrics at the other until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve (the default): take spans over OTLP/HTTP, show Prometheus metrics.")

    @OptionGroup var file: ConfigFileFlag
    @OptionGroup var flags: ServeFlags

    func run() async throws {
        Allocator.keepBodies()
        var settings = try file.settings()
        try flags.apply(to: &settings)
        try settings.validate()
        settings.ingest.workers = settings.http.workerCount

        let logger = LogLines.makeLogger(settings.logging)
        let process = ProcessStatistics()
        let assembly = try Assembly(
            settings,
            clock: AssemblyClock(
                monotonicNanoseconds: { WallClock.monotonicNanoseconds() }, processLevels: { process.levels() }))
        let readiness = Readiness()
        let announce: @Sendable (DoorName, String) -> Void = { door, address in
            logger.info("listening", metadata: ["door": "\(door.rawValue)", "address": "\(address)"])
        }
        let web = WebDoor(
            configuration: settings.http, render: { assembly.page.render($0) }, counters: assembly.metrics,
            readiness: readiness,
            version: Version.text, logger: logger, cutShort: { await Self.nextSignal() }, onListening: announce)
        let otlp = OTLPDoor(
            configuration: settings.http, ingest: assembly.pipeline, counters: assembly.metrics, readiness: readiness,
            logger: logger, onListening: announce)
        logger.info(
            "starting", metadata: ["version": "\(Version.text)", "price_book": "\(assembly.book.header.version)"])

        let settler = Settler(pipeline: assembly.pipeline)
        for label in settings.labels where SettingsFile.labelsOfTargets.contains(label.name) {
            logger.warning(
                "a label that Prometheus sets itself: it will show as exported_\(label.name)",
                metadata: ["label": "\(label.name)"])
        }

        // The group shuts its services down last first: spans stop coming in, what waits is counted, and then the last
        // scrape is waited for.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [web, settler, otlp], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch let error as HTTPAPIError {
            logger.error("cannot serve", metadata: ["error": "\(error)"])
            throw ExitCode.failure
        }
        logger.info("stopped")
    }

    /// Returns at the next signal to stop; the first one is the service group's.
    private static func nextSignal() async {
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { return }
    }
}
