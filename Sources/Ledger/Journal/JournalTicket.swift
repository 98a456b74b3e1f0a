// SPDX-License-Identifier: Apache-2.0
import Billing
import Synchronization

/// A promise that all records up to a number are stored; kept a little later while the rows are behind.
struct JournalTicket: CommitTicket {
    let number: UInt64
    let journal: Journal

    func committed() async throws {
        try await journal.progress.wait(for: number)
        await journal.holdAnswer()
    }
}

extension Journal {
    /// Holds an answer, for at most a second, while too many calls wait for the rows: a sender that waits for its answer sends
    /// nothing meanwhile.
    ///
    /// While the rows cannot be written, waiting would not help, and no answer is held.
    func holdAnswer() async {
        let end = ContinuousClock.now.advanced(by: .milliseconds(configuration.holdingMilliseconds))
        var pause = Self.shortestPause
        while waitingSpans > configuration.holdingWaiting, progress.isAccepting, !rows.withLock({ $0.hasFailed })(),
            ContinuousClock.now < end
        {
            do { try await Task.sleep(for: pause) } catch { return }
            pause = min(pause * 2, Self.longestPause)
        }
    }

    private static let (shortestPause, longestPause) = (Duration.milliseconds(5), Duration.milliseconds(80))
}
