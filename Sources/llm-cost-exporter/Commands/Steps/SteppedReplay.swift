// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Exposition
import Ingest
import Notation
import Synchronization

/// A replay that prints what a server would have scraped at each step of the time in the spans.
final class SteppedReplay: Sendable {
    /// The size of lines in memory, in bytes, from which on they go to a temporary file.
    private static let mostWaiting = 32 << 20

    private struct State {
        var pages: TimedPages
        /// What the pages so far have shown.
        var births: RenderedPage?
        /// Where the lines of each metric are in the temporary file.
        var stored: [[Range<Int>]] = []
        var file: TemporaryFile?
        var failure: (any Error)?
    }

    private let clock: StepClock
    private let step: UInt64
    private let state: Mutex<State>

    /// - Parameters:
    ///   - seconds: The step.
    ///   - labels: Labels that each sample gets.
    init(seconds: UInt64, labels: [(name: String, value: String)]) {
        clock = StepClock(seconds: seconds)
        step = seconds * 1_000_000_000
        state = Mutex(State(pages: TimedPages(labels: labels)))
    }

    /// Replays files and prints the pages.
    ///
    /// - Parameters:
    ///   - files: The files with bodies.
    ///   - loaded: Settings and prices.
    /// - Returns: The number of files and bodies that could not be read.
    /// - Throws: ``SteppedReplayError`` if there is nothing to print; `TemporaryFileError`.
    func run(_ files: [String], _ loaded: Loaded) throws -> Int {
        let clock = clock
        let assembly = Assembly(
            loaded, clock: nil, isFinal: { false }, guests: [Guest(observers: [clock])], replayClock: { clock.now })
        clock.whenMoved { [self] now, isStep in
            assembly.pipeline.settleDue(arrivalNanoseconds: now)
            return !isStep || add(assembly, at: now)
        }
        let failures = RecordedBodies.ingest(files, into: assembly)
        try checkPages()
        guard clock.now > 0 || failures > 0 else { throw SteppedReplayError.noTime }
        if clock.now > 0 {
            // An agent whose spans above are missing waits twice. The page after that has series at 0 that are new, the last
            // page has everything.
            clock.advance(to: clock.now + 2 * loaded.settings.billing.settleNanoseconds + step)
            assembly.pipeline.settleAll(arrivalNanoseconds: clock.now)
            clock.advance(to: clock.now + 2 * step)
            try checkPages()
        }
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            try Self.print(&state)
        }
        return failures
    }

    private func checkPages() throws(SteppedReplayError) {
        if let stop = clock.stop { throw .tooManyPages(until: stop) }
    }

    /// Adds a page, unless there was a failure; returns whether there was none.
    private func add(_ assembly: Assembly, at now: UInt64) -> Bool {
        state.withLock { state in
            guard state.failure == nil else { return false }
            do {
                let page = assembly.page.render(.openMetrics, seen: state.births?.births)
                state.births = page
                do throws(LabelClash) {
                    try state.pages.add(page.text, seconds: now / 1_000_000_000)
                } catch {
                    throw SteppedReplayError.labelClash(error)
                }
                if state.pages.waitingBytes > Self.mostWaiting { try Self.store(&state) }
            } catch {
                state.failure = error
            }
            return state.failure == nil
        }
    }

    private static func store(_ state: inout State) throws {
        let file = try state.file ?? TemporaryFile()
        state.file = file
        var stored = state.stored
        try state.pages.takeLines { metric, lines throws(TemporaryFileError) in
            while stored.count <= metric { stored.append([]) }
            stored[metric].append(try file.append(lines))
        }
        state.stored = stored
    }

    private static func print(_ state: inout State) throws {
        var rest: [Int: [UInt8]] = [:]
        state.pages.takeLines { metric, lines in rest[metric] = lines }
        for (head, metrics) in state.pages.order {
            StandardOutput.write(head)
            for metric in metrics {
                if metric < state.stored.count, let file = state.file {
                    for range in state.stored[metric] { StandardOutput.write(try file.read(range)) }
                }
                if let lines = rest[metric] { StandardOutput.write(lines) }
            }
        }
        StandardOutput.write(TimedPages.end)
    }
}

/// Why a replay in steps printed nothing.
private enum SteppedReplayError: Error, CustomStringConvertible {
    case noTime
    case tooManyPages(until: UInt64)
    case labelClash(LabelClash)

    var description: String {
        switch self {
        case .noTime: "no span has an end between 2020 and 2099, so there is no page; leave out --step"
        case .labelClash(let clash):
            "\(clash.metric) has a label '\(clash.label)' of its own; give --label another name"
        case .tooManyPages(let time):
            """
            there would be more than \(StepClock.mostSteps) pages until \(Timestamp(nanoseconds: time).toSeconds); \
            choose a longer --step, or correct the times of the spans
            """
        }
    }
}
