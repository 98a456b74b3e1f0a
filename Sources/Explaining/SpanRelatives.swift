// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI

/// The counted spans above, below or with the same answer as others, for uncounted spans whose decision names none.
struct SpanRelatives {
    /// The span above each, as far as both are known.
    private var parents: [SpanIdentity: SpanIdentity] = [:]
    /// The numbers of the counted spans: by identity, below each span, and by their answers' ids.
    private var counted: [SpanIdentity: Int] = [:]
    private var countedBelow: [SpanIdentity: [Int]] = [:]
    private var countedAnswers: [UInt64: Int] = [:]

    /// How many steps a way up has at most, and how many spans are named.
    private static let mostSteps = 64
    private static let mostNamed = 32

    /// Finds the ways between spans.
    init(_ spans: [GatheredSpan]) {
        for span in spans where span.explanation.parentSpanID != 0 {
            var parent = span.explanation.identity
            parent.spanID = span.explanation.parentSpanID
            parents[span.explanation.identity] = parent
        }
        for span in spans where span.explanation.outcome == .counted {
            let (identity, number) = (span.explanation.identity, span.explanation.number)
            counted[identity] = number
            if let answer = span.call?.responseID, answer != 0, countedAnswers[answer] == nil {
                countedAnswers[answer] = number
            }
            for above in way(up: identity) where countedBelow[above]?.count ?? 0 < Self.mostNamed {
                countedBelow[above, default: []].append(number)
            }
        }
    }

    /// The spans that are counted instead of one.
    ///
    /// - Parameter span: A twin, an aggregate that repeats its calls, or any other span.
    /// - Returns: `nil` where there is none, or none that is known.
    func favoured(instead span: GatheredSpan) -> SpanExplanation.Favoured? {
        let told = span.explanation
        guard let call = span.call else { return nil }
        // An aggregate without usage repeats nothing: it is only a step.
        guard told.outcome == .twin || (told.outcome == .repeatsChildren && call.reportsUsage) else { return nil }
        if let below = countedBelow[told.identity] { return .below(below) }
        if call.responseID != 0, let other = countedAnswers[call.responseID] { return .sameAnswer(other) }
        guard told.outcome == .twin else { return nil }
        for above in way(up: told.identity) {
            if let number = counted[above] { return .above(number) }
        }
        return nil
    }

    private func way(up identity: SpanIdentity) -> [SpanIdentity] {
        var way: [SpanIdentity] = []
        var span = identity
        while way.count < Self.mostSteps, let above = parents[span], above != identity {
            way.append(above)
            span = above
        }
        return way
    }
}
