// SPDX-License-Identifier: Apache-2.0

/// Receives priced calls, each once, in the order in which they were priced.
///
/// `Assembly` lists the sinks. Workers, and event loops for small bodies, call them while a sender waits, and the settler on
/// its own thread, so calls may come from several threads at once.
package protocol CallSink: Sendable {
    /// Receives the calls that are counted now; must not block.
    ///
    /// - Parameters:
    ///   - calls: The calls with their prices; none for ``needsTime(at:)``.
    ///   - arrivalNanoseconds: The time now, in nanoseconds since 1970 (UTC); `nil` where there is no clock.
    func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?)

    /// Receives calls that an earlier process had counted, in a process that goes on with its counters. The default takes them
    /// like others.
    ///
    /// - Parameters:
    ///   - calls: The calls with their prices of then.
    ///   - arrivalNanoseconds: When they were counted, in nanoseconds since 1970 (UTC).
    func receiveAgain(_ calls: PricedCalls, arrivalNanoseconds: UInt64?)

    /// Pauses the thread, for a bounded time, while the sink has too many calls that it could not work on. The default does not
    /// pause.
    ///
    /// Called between two ``receive(_:arrivalNanoseconds:)`` by threads that may block.
    func waitUntilReady()

    /// Called a few times a second, and once at the end, by a pipeline with a clock: machines that host a model cost money
    /// whether or not calls come. Must not block. The default does nothing.
    ///
    /// - Parameters:
    ///   - moment: The time now.
    ///   - isLast: Whether no further call comes.
    func advance(to moment: ClockMoment, isLast: Bool)

    /// Whether something follows from the time alone, of which a later process must know when it followed.
    ///
    /// Called after ``advance(to:isLast:)`` where a journal has the calls: it then gets the time as well, and the sinks get a batch
    /// without calls that has that time. A process that goes on gets it again, at its place among the calls. The default is false.
    func needsTime(at moment: ClockMoment) -> Bool
}

extension CallSink {
    package func receiveAgain(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        receive(calls, arrivalNanoseconds: arrivalNanoseconds)
    }

    package func waitUntilReady() {}
    package func advance(to moment: ClockMoment, isLast: Bool) {}
    package func needsTime(at moment: ClockMoment) -> Bool { false }
}
