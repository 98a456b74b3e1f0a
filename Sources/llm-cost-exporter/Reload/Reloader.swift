// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPAPI
import Logging
import Pricing

/// Reads settings and prices again and brings them into force while calls are counted: all of them or none.
actor Reloader {
    /// Reads and checks everything, and notes the files.
    typealias Load = @Sendable (_ files: inout FileStamps) throws -> Loaded

    private let load: Load
    private let assembly: Assembly
    private let threshold: LogThreshold
    private let logger: Logger
    private let wallNanoseconds: @Sendable () -> UInt64
    /// The settings in force.
    private var settings: Settings
    /// The files of the last attempt; after a failure also those of the settings in force.
    private var files: FileStamps

    /// Makes a reloader.
    ///
    /// - Parameters:
    ///   - load: Reads and checks everything.
    ///   - settings: The settings in force.
    ///   - files: The files of the settings and prices in force.
    ///   - assembly: Holds the parts that a reload changes.
    ///   - threshold: The least level that is logged.
    ///   - logger: Logs the outcome of each reload.
    ///   - wallNanoseconds: The time of day, in nanoseconds since 1970.
    init(
        load: @escaping Load, settings: Settings, files: FileStamps, assembly: Assembly, threshold: LogThreshold,
        logger: Logger, wallNanoseconds: @escaping @Sendable () -> UInt64
    ) {
        self.load = load
        self.settings = settings
        self.files = files
        self.assembly = assembly
        self.threshold = threshold
        self.logger = logger
        self.wallNanoseconds = wallNanoseconds
    }

    /// The files as they are now, if they are watched and have changed since they were read; `nil` otherwise.
    var changedFiles: FileStamps? {
        guard settings.watchesFiles else { return nil }
        let now = files.now
        return now == files ? nil : now
    }

    /// Reads everything again and, if all of it is valid, goes through the ``Reloadable`` parts.
    ///
    /// - Parameter cause: The cause, for the log.
    /// - Returns: The outcome.
    @discardableResult
    func reload(_ cause: ReloadCause) -> ReloadAnswer {
        var read = FileStamps()
        let loaded: Loaded
        do {
            loaded = try load(&read)
        } catch {
            read.add(files)
            files = read
            assembly.reloads?.note(isSuccessful: false, at: wallNanoseconds())
            let mistakes = Mistakes.told(error)?.lines ?? ["\(error)"]
            for mistake in mistakes.prefix(Self.mostTold) {
                logger.error(
                    "reload refused: the old settings and prices stay in force",
                    metadata: ["cause": "\(cause.rawValue)", "error": "\(mistake)"])
            }
            return .refused(mistakes.joined(separator: "\n"))
        }
        files = read
        let (effective, needRestart) = settings.reloaded(from: loaded.settings)
        settings = effective
        let before = assembly.apply(loaded, effective)
        assembly.reloads?.note(isSuccessful: true, at: wallNanoseconds())
        let difference = loaded.book.difference(from: before, limit: Self.mostTold)
        // A reload that raises the level is still logged.
        let level = effective.logging.level.level
        threshold.level = min(threshold.level, level)
        tell(cause, loaded.book, difference, needRestart)
        for use in loaded.settings.oldNames { use.log(to: logger) }
        threshold.level = level
        return .reloaded(sentence(loaded.book, difference, needRestart))
    }

    /// The largest number of changed prices, and of odd ones, that the log names after one reload.
    static let mostTold = 20

    private func tell(
        _ cause: ReloadCause, _ book: PriceBook, _ difference: BookDifference, _ needRestart: [String]
    ) {
        logger.info(
            "reloaded",
            metadata: [
                "cause": "\(cause.rawValue)", "price_book": "\(book.header.version)", "models": "\(book.modelCount)",
                "prices_changed": "\(difference.changed)", "prices_added": "\(difference.added)",
                "prices_removed": "\(difference.removed)",
            ])
        for change in difference.changes {
            logger.info(
                "price changed",
                metadata: [
                    "model": "\(change.model)", "of": "\(change.subject)", "before": "\(change.before ?? "none")",
                    "now": "\(change.after ?? "none")",
                ])
        }
        if difference.isCut {
            let all = difference.changed + difference.added + difference.removed
            logger.info("more prices changed", metadata: ["count": "\(all - difference.changes.count)"])
        }
        for warning in book.warnings.prefix(Self.mostTold) {
            logger.warning("a price looks odd", metadata: ["warning": "\(warning)"])
        }
        guard !needRestart.isEmpty else { return }
        logger.warning(
            "some changed settings take effect only at the next start",
            metadata: ["keys": "\(needRestart.joined(separator: ", "))"])
    }

    private func sentence(_ book: PriceBook, _ difference: BookDifference, _ needRestart: [String]) -> String {
        var text =
            "Reloaded: price book \(book.header.version), \(book.modelCount) models; prices changed: "
            + "\(difference.changed), added: \(difference.added), removed: \(difference.removed)."
        if !needRestart.isEmpty {
            text +=
                " These changed settings take effect only at the next start: "
                + needRestart.joined(separator: ", ") + "."
        }
        return text
    }
}

/// The cause of a reload.
enum ReloadCause: String {
    case signal
    case request
    case changedFile = "changed_file"
}
