// SPDX-License-Identifier: Apache-2.0

/// A promise that what one body brought is stored.
///
/// The intake answers 200 only after ``committed()`` has returned.
///
/// Tickets of one journal are ordered: the promise of a ticket includes what all earlier tickets promise. So the ticket of the
/// last slice of a body is enough for the whole body.
package protocol CommitTicket: Sendable {
    /// Waits, without holding a thread, until everything that the body brought is stored.
    ///
    /// A ticket may wait longer, to slow senders down.
    ///
    /// - Throws: An error when it cannot be stored; `CancellationError` soon after the task was cancelled, which happens to
    ///   requests in flight at the end of a shutdown.
    func committed() async throws
}
