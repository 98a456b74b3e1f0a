// SPDX-License-Identifier: Apache-2.0
import GenAI

/// The settle window: spans wait for each other, and are then decided together.
///
/// Three parts hold its state, each with methods for every change: ``Ancestry`` what is remembered of spans whether or not they
/// wait, ``WaitingSpans`` the spans that wait, ``Decisions`` what is counted. The window asks them in turn:
///
/// - When a span arrives (`+Arrival`), copies of it are found by its id (`+Copies`), twins by their answer's id, and it marks the
///   spans above it: "below you is a call", "below you is usage".
/// - When a span is due (`+Settling`), twins that share no id are found by equal counts (``TwinSearch``), and the whole group of
///   twins is decided (`+Groups`), or the aggregate (`+Aggregates`). A span without a mark may be a part of a call (`+Parts`), a
///   sum of calls or a note (``SumSearch``). A call that is counted takes over details and labels from spans that are not
///   (``CallCompletion``).
///
/// So the result depends on what arrived within the window, not on the order.
///
/// Methods that only look are mutating too: others would work on a copy of the whole window.
///
/// Memory with the default bounds, everything touched: 58 MB, most of it the recent keys and the ring. A quiet service has less
/// than one.
struct SettleWindow: ~Copyable {
    let configuration: BillingConfiguration
    let maxWaiting: Int

    var ancestry: Ancestry
    var waiting: WaitingSpans
    var decisions: Decisions
    /// Which records of the journal brought what the window needs; unused without one.
    var records: ArrivalRecords
    /// What is known while recorded spans are played through the window; `nil` otherwise.
    var replay: WindowReplay?

    /// Makes an empty window.
    ///
    /// - Parameters:
    ///   - configuration: Its times and bounds.
    ///   - keys: The keys of spans, answers and traces.
    ///   - inherit: Adds to a call's own labels what a span above it says; `nil` leaves them as they are.
    ///   - recordsDecisions: Whether outcomes tell the fate of each call and aggregate even if the configuration does not ask
    ///     for fates.
    ///   - keepsDropped: Whether outcomes have the spans that are not counted.
    ///   - firstNumber: The number of the first span.
    init(
        configuration: BillingConfiguration, keys: SpanKeys, inherit: CallCompletion.Inherit?,
        recordsDecisions: Bool = false, keepsDropped: Bool = false, firstNumber: UInt32 = 1
    ) {
        self.configuration = configuration
        maxWaiting = max(configuration.maxWaiting, 256)
        ancestry = Ancestry(configuration: configuration, keys: keys, maxWaiting: maxWaiting, first: firstNumber)
        waiting = WaitingSpans(keys: keys, first: firstNumber)
        records = ArrivalRecords(first: firstNumber)
        decisions = Decisions(
            recordsFates: configuration.recordsFates || recordsDecisions, keepsDropped: keepsDropped, inherit: inherit)
    }

    /// Notes the record that brings the spans that arrive next.
    mutating func noteRecord(_ number: UInt64) {
        records.arrive(in: number, oldest: waiting.oldest, next: waiting.next)
    }

    /// Sets the sender of the spans that arrive next.
    mutating func writes(for peer: UInt64) { ancestry.write(for: peer) }

    /// Makes room for another span: decides the oldest ones when too many wait, or lets the memory grow.
    @inline(__always)
    mutating func makeRoom(_ outcome: inout SettleOutcome) {
        ancestry.makeRoom(&waiting)
        let isBounded = !ancestry.isClockless && replay == nil
        if waiting.slots >= maxWaiting, isBounded { settleEarly(&outcome) }
        waiting.growIfFull(limit: isBounded ? maxWaiting : nil)
    }

    /// Decides the oldest spans before they are due if there is no room for some more.
    ///
    /// - Parameters:
    ///   - spans: The number of spans that are about to arrive.
    ///   - outcome: What comes out.
    /// - Returns: Whether any were decided.
    mutating func settleForRoom(of spans: Int, _ outcome: inout SettleOutcome) -> Bool {
        guard waiting.slots > 0, waiting.slots + spans > maxWaiting, !ancestry.isClockless else { return false }
        settleEarly(room: spans + Self.earlyAtOnce, &outcome)
        return true
    }

    /// Decides the oldest spans before they are due, some at a time.
    @inline(never)
    private mutating func settleEarly(room: Int = Self.earlyAtOnce, _ outcome: inout SettleOutcome) {
        let before = waiting.count
        while waiting.slots > max(0, maxWaiting - room) { settleNext(.none, &outcome) }
        decisions.handOver(&waiting, &outcome)
        decisions.addEarly(before - waiting.count, &outcome)
    }

    /// The number of spans that are decided at once when too many wait.
    static var earlyAtOnce: Int { 32 }

    /// How full the window is.
    var levels: BillingLevels {
        mutating get {
            var levels = BillingLevels()
            ancestry.report(to: &levels)
            waiting.report(to: &levels)
            decisions.report(to: &levels)
            return levels
        }
    }
}
