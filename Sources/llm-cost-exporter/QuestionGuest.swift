// SPDX-License-Identifier: Apache-2.0
import Billing
import HTTPAPI
import Ledger
import Pricing
import Reports

/// The questions over HTTP as a capability of the service.
struct QuestionGuest: Sendable {
    /// `nil` without a folder.
    let desk: QuestionDesk?

    init(_ settings: Settings) {
        guard !settings.storagePath.isEmpty else {
            desk = nil
            return
        }
        let path = "\(settings.storagePath)/\(RowStore.fileName)"
        desk = QuestionDesk(
            configuration: Self.configuration(settings), seconds: { Int64(WallClock.nanoseconds() / 1_000_000_000) },
            open: { () throws(JournalError) -> RowReader in try RowReader(path: path) })
    }

    /// Its parts at the seams of the service.
    var guest: Guest { Guest(reloadables: desk.map { [Following(desk: $0)] } ?? [], routes: Route.questions(desk)) }

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
        // A call waits for the spans around it, and its row for those of the same second.
        configuration.settleSeconds = Int64(clamping: settings.billing.settleNanoseconds / 1_000_000_000) + 5
        return configuration
    }
}
