// SPDX-License-Identifier: Apache-2.0

/// Receives priced calls, each once, in the order in which they were priced.
///
/// `Assembly` lists the sinks. Workers, and event loops for small bodies, call them while a sender waits, and the settler on
/// its own thread, so calls may come from several threads at once.
package protocol CallSink: Sendable {
    /// Receives the calls that are counted now; must not block.
    ///
    /// - Parameters:
    ///   - calls: The calls with their prices; empty if only the time is new, after ``needsTime(at:)``.
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

    /// Whether the sink has to do something by the time alone, which a later process has to repeat at the same time.
    ///
    /// Called after ``advance(to:isLast:)`` where a journal has the calls. If it is true, the journal gets the time as a batch
    /// without calls, and so do the sinks. A later process gets that batch again, in the same order among the calls. The default
    /// is false.
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
