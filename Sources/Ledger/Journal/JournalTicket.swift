// SPDX-License-Identifier: Apache-2.0
import Billing
import Synchronization

/// A promise that all records up to a number are stored.
///
/// While the rows lag behind, it is kept up to a second later.
struct JournalTicket: CommitTicket {
    let number: UInt64
    let journal: Journal

    func committed() async throws {
        try await journal.progress.wait(for: number)
        await journal.holdAnswer()
    }
}

extension Journal {
    /// Holds an answer while too many calls wait, at most ``JournalConfiguration/holdingMilliseconds``: most senders send nothing
    /// while they wait for it.
    ///
    /// While the rows cannot be written, waiting would not help, and no answer is held.
    func holdAnswer() async {
        guard isLagging else { return }
        progress.held()
        let end = ContinuousClock.now.advanced(by: .milliseconds(configuration.holdingMilliseconds))
        var pause = Self.shortestPause
        repeat {
            do { try await Task.sleep(for: pause) } catch { return }
            pause = min(pause * 2, Self.longestPause)
        } while isLagging && ContinuousClock.now < end
    }

    /// Whether too many calls wait, for rows that can be written.
    private var isLagging: Bool {
        waitingSpans > configuration.holdingWaiting && progress.isAccepting && !rows.withLock({ $0.hasFailed })()
    }

    private static let (shortestPause, longestPause) = (Duration.milliseconds(5), Duration.milliseconds(80))
}
