// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What is decided of spans: which calls are counted, complete, and what becomes of the others.
///
/// Counted calls are handed over in runs, since most have consecutive numbers and are copied in one step.
struct Decisions: ~Copyable {
    private let recordsFates: Bool
    /// Whether outcomes have the spans that are not counted.
    let keepsDropped: Bool
    private let inherit: CallCompletion.Inherit?
    /// Adds to a call's own values of dimensions what a span above it says; `nil` leaves them as they are.
    var inheritDimensions: CallCompletion.InheritDimensions?
    private var twins = TwinSearch()
    private var sums = SumSearch()
    private var completion = CallCompletion()
    private var costs = SearchCosts()
    /// The spans that were counted and not handed over yet: their numbers are consecutive.
    private var counted: (first: UInt32, count: UInt32) = (0, 0)
    private var settledEarly: UInt64 = 0

    /// Makes one that has decided nothing.
    ///
    /// - Parameters:
    ///   - recordsFates: Whether outcomes tell the fate of each call and aggregate.
    ///   - keepsDropped: Whether outcomes have the spans that are not counted.
    ///   - inherit: Adds to a call's own labels what a span above it says; `nil` leaves them as they are.
    init(recordsFates: Bool, keepsDropped: Bool, inherit: CallCompletion.Inherit?) {
        self.recordsFates = recordsFates
        self.keepsDropped = keepsDropped
        self.inherit = inherit
    }

    // MARK: Outcomes

    /// Counts a span.
    @inline(__always)
    mutating func count(
        _ number: UInt32, _ ancestry: inout Ancestry, _ waiting: inout WaitingSpans, _ outcome: inout SettleOutcome
    ) {
        outcome.report.counted += 1
        if recordsFates {
            outcome.report.fates.append(SpanFate(identity: waiting[call: number].identity, outcome: .counted))
        }
        if waiting.hasEvidence, waiting.settleSides(number) { costs.addCut() }
        if waiting[number].nextTwin != number {
            completion.learnFromTwins(number, inherit, inheritDimensions, &waiting)
        }
        if !waiting[number].state.isDisjoint(with: [.nameless, .unmarkedUsageBelow]) {
            Self.inheritName(number, &ancestry, &waiting)
        }
        if waiting[call: number].attribution.seeksAncestors, let inherit {
            ancestry.inheritAttribution(number, inherit, &waiting)
        }
        if ancestry.offersDimensions, let inheritDimensions, waiting[call: number].dimensions.seeksAncestors {
            ancestry.inheritDimensions(number, inheritDimensions, &waiting)
        }
        if number != counted.first &+ counted.count { handOver(&waiting, &outcome) }
        if counted.count == 0 { counted.first = number }
        counted.count += 1
    }

    /// Hands over the calls that were counted.
    mutating func handOver(_ waiting: inout WaitingSpans, _ outcome: inout SettleOutcome) {
        guard counted.count > 0 else { return }
        waiting.copy(counted.first, count: Int(counted.count), to: &outcome.calls)
        counted.count = 0
    }

    /// Drops a span: it is decided and not counted.
    mutating func drop(
        _ identity: SpanIdentity, _ fate: SpanFate.Outcome, inFavourOf other: SpanIdentity? = nil,
        _ outcome: inout SettleOutcome
    ) {
        outcome.drop(identity, fate, inFavourOf: other, records: recordsFates)
    }

    /// Drops a span that was sent before.
    mutating func dropDuplicate(_ fate: @autoclosure () -> SpanFate, _ outcome: inout SettleOutcome) {
        outcome.report.duplicates += 1
        if recordsFates { outcome.report.fates.append(fate()) }
    }

    /// Counts spans that were decided before their time.
    mutating func addEarly(_ spans: Int, _ outcome: inout SettleOutcome) {
        outcome.report.settledEarly += spans
        settledEarly += UInt64(spans)
    }

    /// Gives a call that names no model that of the nearest span above it, or above a twin, that names one.
    private static func inheritName(_ number: UInt32, _ ancestry: inout Ancestry, _ waiting: inout WaitingSpans) {
        guard waiting[call: number].reportsUsage,
            waiting[call: number].responseModel.or(waiting[call: number].requestModel) == .absent,
            let offer = ancestry.nameAbove(number, &waiting)
        else { return }
        waiting.takeName(number, from: offer)
    }

    // MARK: Searches

    /// Joins a call that is due with twins that share no id with it.
    mutating func joinTwins(of number: UInt32, _ waiting: inout WaitingSpans) {
        twins.joinTwins(of: number, &waiting, &costs)
    }

    /// Whether the counts of other calls may add up to those of a span that nothing marks as a call.
    mutating func mayBeSum(_ number: UInt32, _ ancestry: inout Ancestry, _ waiting: inout WaitingSpans) -> Bool {
        sums.mayBeSum(number, &ancestry, &waiting, &costs)
    }

    /// What a span is that sums other calls or is a note about one; `nil` if it is neither.
    mutating func repetition(
        _ number: UInt32, _ ancestry: inout Ancestry, _ waiting: inout WaitingSpans
    ) -> SpanFate.Outcome? {
        sums.repetition(number, &ancestry, &waiting, &costs)
    }

    /// Counts a search that left some spans out.
    mutating func addCutSearch() { costs.addCut() }

    /// Counts the steps of a search.
    mutating func add(steps: Int) { costs.add(steps: steps) }

    /// Adds the figures for the service's own metrics.
    mutating func report(to levels: inout BillingLevels) {
        levels.settledEarly = settledEarly
        levels.cutSearches = costs.cut
        levels.searchSteps = costs.steps
    }
}
