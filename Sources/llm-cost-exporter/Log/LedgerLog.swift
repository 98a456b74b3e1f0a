// SPDX-License-Identifier: Apache-2.0
import Ledger
import Logging

/// Writes what happens to the ledger as log lines.
enum LedgerLog {
    /// Logs what a start found in the folder.
    static func write(_ report: Recovery.Report, _ series: SeriesRestoring, to logger: Logger) {
        if report.tornBytes > 0 {
            logger.warning(
                "the journal ended within a record, which was cut; with storage.sync full, no answer depended on it",
                metadata: ["bytes": "\(report.tornBytes)"])
        }
        for name in series.begunAnew {
            logger.warning("a histogram begins anew, since its buckets have changed", metadata: ["family": "\(name)"])
        }
        for name in series.unknown {
            logger.warning(
                "series of the last process are not shown any more, since their family is gone",
                metadata: ["family": "\(name)"])
        }
        if let gap = report.rowGap {
            logger.warning(
                "the rows of the ledger and the counters differ; `ledger check` shows by how much",
                metadata: ["reason": "\(gap)"])
        }
        logger.info(
            report == Recovery.Report() ? "beginning in an empty folder" : "continuing where the last process ended",
            metadata: [
                "journal_bytes": "\(report.bytes)", "spans_read": "\(report.spans)", "counted": "\(report.counted)",
                "rows": "\(report.rows)",
                "priced_now": "\(report.unpriced)", "waiting": "\(report.waiting)",
            ])
    }

    /// Logs where figures and calls are kept.
    ///
    /// - Parameters:
    ///   - settings: The settings of the service.
    ///   - ledger: What keeps the folder; `nil` without one.
    ///   - logger: Gets the line.
    static func writePlace(_ settings: Settings, _ ledger: LedgerKeeper?, to logger: Logger) {
        guard let ledger else {
            let kept = settings.memoryCalls
            let sentence =
                kept > 0
                ? "no folder: figures, and the newest calls for questions, are in memory only and end with the process; "
                    + "--storage.path FOLDER keeps them"
                : "no folder, and no calls in memory: figures end with the process, and questions about calls have no answers; "
                    + "keep both with --storage.path FOLDER, or only the newest calls with --storage.memory-calls COUNT"
            return logger.info("\(sentence)", metadata: ["memory_calls": "\(kept)"])
        }
        logger.info(
            "the ledger is in this folder",
            metadata: [
                "path": "\(settings.storagePath)", "calls": "\(ledger.keptCalls)",
                "max_bytes": "\(settings.rows.mostBytes)",
            ])
    }

    /// Logs that the folder has records and lacks its secret.
    static func writeLostSecret(to logger: Logger) {
        logger.warning(
            "the file secret of the folder is missing or damaged, and there is a new one: some spans that are sent again, and twins whose halves came before and after this start, are not recognised and count twice"
        )
    }

    /// Logs that an unfinished copy of the rows was removed.
    static func writeRemoved(_ removed: (name: String, bytes: Int), to logger: Logger) {
        logger.info(
            "removed an unfinished copy of the rows, which a killed command has left; the rows are as they were",
            metadata: ["file": "\(removed.name)", "bytes": "\(removed.bytes)"])
    }

    /// Logs what happens to the folder while the service runs.
    static func write(_ notice: LedgerKeeper.Notice, to logger: Logger) {
        switch notice {
        case .failing(let error):
            logger.error(
                "the journal cannot be written: bodies are refused until it can, and their senders keep them",
                metadata: ["error": "\(error)"])
        case .working: logger.info("the journal is written again, and bodies are taken")
        case .rowsFailing(let error):
            logger.error(
                "rows of the ledger cannot be written: calls wait for them, and bodies are refused once too many wait",
                metadata: ["error": "\(error)"])
        case .rowsWorking: logger.info("rows of the ledger are written again")
        case .noCheckpoint(let error):
            logger.error(
                "the counters could not be saved; the journal keeps what they were made of",
                metadata: ["error": "\(error)"])
        }
    }
}
