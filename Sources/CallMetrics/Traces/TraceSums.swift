// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// Decides when a trace or session has ended.
///
/// A trace ends when no call of it was counted for ``TraceMetricsConfiguration/quiet``. A session takes the traces that end, and
/// ends when the last call of the next one is more than ``TraceMetricsConfiguration/sessionQuiet`` after its own.
///
/// The sums depend only on the calls and the times at which they were counted, not on when ``pass(to:_:)`` looks. When it looks
/// depends in turn on the calls, and on the times that a journal has between them. So a process that counts the recorded calls of
/// an earlier one again has observed the same traces at the same record.
struct TraceSums {
    /// What has ended.
    struct Ended {
        var traces: [OpenSum] = []
        var sessions: [OpenSum] = []
        /// The calls that came after their trace had ended.
        var lateCalls: Int64 = 0
        /// The traces and sessions among these that ended only because too many were open.
        var earlyTraces = 0
        var earlySessions = 0

        var isEmpty: Bool { traces.isEmpty && sessions.isEmpty && lateCalls == 0 }
    }

    let configuration: TraceMetricsConfiguration
    var open: OpenSums
    private(set) var sessions: OpenSums
    /// Hashes of traces that have ended, each in its slot; 0 for none.
    private(set) var ended: [UInt64]
    private let salt: UInt64
    /// When ``pass(to:_:)`` last looked, and when ``needsTime(at:)`` last was true, in nanoseconds since 1970 (UTC).
    private(set) var swept: UInt64 = 0
    private var asked: UInt64 = 0

    /// Makes empty sums.
    ///
    /// - Parameters:
    ///   - configuration: When traces and sessions end.
    ///   - salt: A secret for hashes of ids and names that senders choose. A restored state needs the salt of the process that
    ///     saved it.
    init(_ configuration: TraceMetricsConfiguration, salt: UInt64) {
        (self.configuration, self.salt) = (configuration, salt)
        (open, sessions) = (OpenSums(salt: salt), OpenSums(salt: salt))
        ended = [UInt64](repeating: 0, count: configuration.remembered)
    }

    /// Takes the sums of an earlier process.
    mutating func restore(traces: [OpenSum], sessions: [OpenSum], ended hashes: [UInt64], swept: UInt64) {
        self.swept = swept
        for sum in traces { open.append(sum) }
        for sum in sessions { self.sessions.append(sum) }
        for hash in hashes { ended[place(hash)] = hash }
    }

    private func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (ended.count - 1) }

    /// The hash of the name of a session, never 0.
    func hash(ofSession name: Span<UInt8>) -> UInt64 {
        max(1, name.hash(at: 0, length: name.count, salt: salt))
    }

    // MARK: Time

    /// Ends what is quiet, at most once a second.
    @inline(__always)
    mutating func pass(to now: UInt64, _ ended: inout Ended) {
        // The difference wraps if the clock was set back, so this looks then as well.
        guard now &- swept >= Self.second else { return }
        swept = now
        sweep(now, &ended)
    }

    /// Whether a trace or session may be quiet, so that ``pass(to:_:)`` should end it; true at most once a second.
    mutating func needsTime(at now: UInt64) -> Bool {
        guard now &- asked >= Self.second, now > configuration.quiet else { return false }
        let quiet = now - configuration.quiet
        let longer = quiet > configuration.sessionQuiet ? quiet - configuration.sessionQuiet : 0
        guard open.earliest <= quiet || sessions.earliest < longer else { return false }
        asked = now
        return true
    }

    /// Ends everything.
    mutating func endAll(_ ended: inout Ended) {
        for trace in open.remove(upTo: .max) { end(trace, &ended) }
        ended.sessions += sessions.remove(upTo: .max)
    }

    private mutating func sweep(_ now: UInt64, _ ended: inout Ended) {
        guard now > configuration.quiet else { return }
        let quiet = now - configuration.quiet
        for trace in open.remove(upTo: quiet) { end(trace, &ended) }
        // Every trace that could join these sessions has ended by now. One exactly `sessionQuiet` later still joins.
        if quiet > configuration.sessionQuiet {
            ended.sessions += sessions.remove(upTo: quiet - configuration.sessionQuiet - 1)
        }
    }

    // MARK: Calls

    /// The index in ``open`` of the trace of a call.
    ///
    /// - Parameters:
    ///   - identity: The ids of the call.
    ///   - now: When it is counted.
    ///   - ended: Gets what ends.
    /// - Returns: The index, and whether the trace is new; `nil` for a late call.
    @inline(__always)
    mutating func index(
        of identity: SpanIdentity, at now: UInt64, _ ended: inout Ended
    ) -> (index: Int, isNew: Bool)? {
        let index = open.index(identity.traceIDHigh, identity.traceIDLow)
        if index >= 0, open.sums[index].latest &+ configuration.quiet > now {
            open.sums[index].latest = max(open.sums[index].latest, now)
            return (index, false)
        }
        return begin(identity, isQuiet: index >= 0, at: now, &ended)
    }

    @inline(never)
    private mutating func begin(
        _ identity: SpanIdentity, isQuiet: Bool, at now: UInt64, _ ended: inout Ended
    ) -> (index: Int, isNew: Bool)? {
        if isQuiet || open.count >= configuration.most { sweep(now, &ended) }
        let hash = open.hash(identity.traceIDHigh, identity.traceIDLow)
        guard hash == 0 || self.ended[place(hash)] != hash else {
            ended.lateCalls += 1
            return nil
        }
        if open.count >= configuration.most {
            let older = open.removeOlderHalf()
            ended.earlyTraces += older.count
            for trace in older { end(trace, &ended) }
        }
        return (open.append(OpenSum(high: identity.traceIDHigh, low: identity.traceIDLow, latest: now)), true)
    }

    /// Notes the end of a trace; traces with an earlier last call have ended before.
    private mutating func end(_ trace: OpenSum, _ ended: inout Ended) {
        ended.traces.append(trace)
        let hash = open.hash(trace.high, trace.low)
        self.ended[place(hash)] = hash
        guard trace.session != 0 else { return }
        let known = sessions.index(trace.session, 0)
        let oldest = trace.latest > configuration.sessionQuiet ? trace.latest - configuration.sessionQuiet : 0
        if known >= 0, sessions.sums[known].latest >= oldest { return sessions.sums[known].add(trace) }
        // No trace can join these any more, so it does not matter whether ``sweep(_:_:)`` has ended them yet.
        if known >= 0 || sessions.count >= configuration.most, oldest > 0 {
            ended.sessions += sessions.remove(upTo: oldest - 1)
        }
        if sessions.count >= configuration.most {
            let older = sessions.removeOlderHalf()
            ended.earlySessions += older.count
            ended.sessions += older
        }
        var session = trace
        (session.high, session.low) = (trace.session, 0)
        sessions.append(session)
    }

    private static let second: UInt64 = 1_000_000_000
}
