// SPDX-License-Identifier: Apache-2.0

/// A promise that what one body brought is stored.
///
/// The intake answers 200 only after ``committed()`` has returned.
package protocol CommitTicket: Sendable {
    /// Waits, without holding a thread, until everything that the body brought is stored.
    ///
    /// - Throws: An error when it cannot be stored; `CancellationError` soon after the task was cancelled, which happens to
    ///   requests in flight at the end of a shutdown.
    func committed() async throws
}
