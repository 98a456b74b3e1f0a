// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPAPI
import Logging
import Pricing

/// Brings settings and prices that were written anew into force while calls are counted: all of them or nothing.
actor Reloader {
    /// Reads everything, and notes which files were read.
    typealias Load = @Sendable (_ files: inout FileStamps) throws -> Loaded

    private let load: Load
    private let assembly: Assembly
    private let threshold: LogThreshold
    private let logger: Logger
    private let wallNanoseconds: @Sendable () -> UInt64
    /// What is in force.
    private var settings: Settings
    /// The files of the last attempt, and after a failure those in force too.
    private var files: FileStamps

    /// Makes a reloader.
    ///
    /// - Parameters:
    ///   - load: Reads everything.
    ///   - settings: What is in force.
    ///   - files: The files that it was read from.
    ///   - assembly: The rooms.
    ///   - threshold: Which log lines are written.
    ///   - logger: Where it is told what became of a reload.
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

    /// The files as they are now, when they differ from what was read and are to be watched.
    var changedFiles: FileStamps? {
        guard settings.watchesFiles else { return nil }
        let now = files.now
        return now == files ? nil : now
    }

    /// Reads everything again.
    ///
    /// - Parameter cause: Why, for the log.
    /// - Returns: What became of it.
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
            logger.error(
                "reload refused; settings and prices of before stay in force",
                metadata: ["cause": "\(cause.rawValue)", "error": "\(error)"])
            return .refused("\(error)")
        }
        files = read
        let (effective, needRestart) = settings.reloaded(from: loaded.settings)
        settings = effective
        let before = assembly.apply(loaded, effective)
        assembly.reloads?.note(isSuccessful: true, at: wallNanoseconds())
        let difference = loaded.book.difference(from: before, limit: Self.mostTold)
        // A level that changes hides nothing of the reload that changed it.
        let level = effective.logging.level.level
        threshold.level = min(threshold.level, level)
        tell(cause, loaded.book, difference, needRestart)
        threshold.level = level
        return .reloaded(sentence(loaded.book, difference, needRestart))
    }

    /// How many changed prices, and how many odd ones, the log tells of one reload.
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
            "changed settings that take effect at the next start only",
            metadata: ["keys": "\(needRestart.joined(separator: ", "))"])
    }

    private func sentence(_ book: PriceBook, _ difference: BookDifference, _ needRestart: [String]) -> String {
        var text =
            "Reloaded: price book \(book.header.version), \(book.modelCount) models; prices changed: "
            + "\(difference.changed), added: \(difference.added), removed: \(difference.removed)."
        if !needRestart.isEmpty {
            text +=
                " These changed settings take effect at the next start only: "
                + needRestart.joined(separator: ", ") + "."
        }
        return text
    }
}

/// Why settings and prices are read again.
enum ReloadCause: String {
    case signal
    case request
    case changedFile = "changed_file"
}
