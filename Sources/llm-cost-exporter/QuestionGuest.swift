// SPDX-License-Identifier: Apache-2.0
import Billing
import HTTPAPI
import Ledger
import Pricing
import Reports
import Synchronization

/// The questions over HTTP as a capability of the service.
struct QuestionGuest: Sendable {
    /// `nil` if no calls are kept.
    let desk: QuestionDesk?
    /// Whether programs may ask over HTTP; pages may in any case.
    private let answersQuestions: Bool
    private let memory: MemoryReference

    /// Makes what answers questions about the calls of the folder, or of those in memory.
    ///
    /// - Parameter settings: Where calls are kept.
    init(_ settings: Settings) {
        let memory = MemoryReference()
        (self.memory, answersQuestions) = (memory, settings.http.answersQuestions)
        guard !settings.storagePath.isEmpty || settings.keepsCallsInMemory else {
            desk = nil
            return
        }
        let path = "\(settings.storagePath)/\(RowStore.fileName)"
        desk = QuestionDesk(
            configuration: Self.configuration(settings), seconds: { Int64(WallClock.nanoseconds() / 1_000_000_000) },
            open: { () throws(JournalError) -> RowReader in
                if let ledger = memory.ledger.withLock({ $0 }) { return RowReader(ledger) }
                return try RowReader(path: path)
            })
    }

    /// Answers questions about calls that are kept in memory.
    ///
    /// - Parameter ledger: Has them, and exists only once the rooms are wired; `nil` with a folder.
    func read(_ ledger: MemoryLedger?) { memory.ledger.withLock { $0 = ledger } }

    /// Ends questions and closes the rows, before the ledger closes: the last connection to the rows is the one that writes, so
    /// that it can remove their log.
    func close() { desk?.close() }

    /// Ends questions, soon after this call.
    func end() { desk?.end() }

    /// Its parts at the seams of the service.
    var guest: Guest {
        Guest(
            reloadables: desk.map { [Following(desk: $0)] } ?? [],
            routes: Route.questions(desk, answersQuestions: answersQuestions))
    }

    private struct Following: Reloadable {
        let desk: QuestionDesk

        func apply(_ loaded: Loaded, _ settings: Settings, at moment: ClockMoment?) {
            desk.follow(QuestionGuest.configuration(settings))
        }
    }

    /// What answers depend on beside the rows.
    static func configuration(_ settings: Settings) -> ReportsConfiguration {
        var configuration = ReportsConfiguration()
        configuration.zone = settings.zone
        configuration.keepsCalls = settings.rows.keepsCalls
        if settings.storagePath.isEmpty { configuration.storage = .memory }
        configuration.dimensions = settings.rowDimensions
        // A call waits for the spans around it, and its row for those of the same second.
        let settle = Int64(clamping: settings.billing.settleNanoseconds / 1_000_000_000)
        configuration.settleSeconds = settle + 5
        configuration.longestSettleSeconds = 2 * settle + 5
        return configuration
    }
}

/// Where the calls in memory are, if they are.
private final class MemoryReference: Sendable {
    let ledger = Mutex<MemoryLedger?>(nil)
}
