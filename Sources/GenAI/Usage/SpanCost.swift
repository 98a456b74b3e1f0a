// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The cost of the whole call, from the figures that its span states.
///
/// A gateway that passes a call on with the sender's own key bills only its fee, and the provider bills the rest. So the fee
/// alone is not the cost of the call: either the provider's amount is added, or the cost is unknown.
///
/// - SeeAlso: OpenRouter documentation, "Usage Accounting" (`cost`, `is_byok`, `cost_details.upstream_inference_cost`); xAI
///   API reference, `usage.cost_in_usd_ticks`: a tick is 1e-10 dollars.
struct SpanCost {
    /// The cost in 1e-15 US dollars; `nil` if the span states none, or only a part of it.
    private(set) var femtodollars: Int64?
    /// Whether a figure was refused: negative, too large, or no number.
    private(set) var isRefused = false

    /// The facts about costs, as bits.
    @inline(__always)
    static var facts: FactBits {
        Fact.cost.bit | Fact.costTicks.bit | Fact.costNanos.bit | Fact.upstreamCost.bit | Fact.usesOwnKey.bit
            | Fact.cacheHit.bit
    }

    /// Writes down what a span says that its call cost; apart, since few spans do.
    @inline(never)
    static func fill(
        _ call: inout ModelCall, _ facts: borrowing SpanFacts, _ body: Span<UInt8>, _ anomalies: inout UsageAnomalies
    ) {
        call.isFromCache = facts[.cacheHit]?.flag(in: body) ?? false
        let cost = SpanCost(facts, body)
        call.reportedFemtodollars = cost.femtodollars
        if cost.isRefused { anomalies.insert(.refusedCost) }
    }

    private init(_ facts: borrowing SpanFacts, _ body: Span<UInt8>) {
        if let currency = facts.text(.costCurrency), !body.holdsIgnoringCase(Self.dollars, at: currency) { return }
        for (fact, decimals) in Self.figures {
            guard let value = facts[fact] else { continue }
            let cost = ReportedCost.read(value, decimals: decimals, body: body)
            isRefused = isRefused || cost == nil
            // A 0 is often the mark of a figure that is not known, so that another figure goes before it.
            femtodollars = cost ?? 0 > 0 ? cost : femtodollars ?? cost
            if femtodollars ?? 0 > 0 { break }
        }
        if facts[.cost] == nil, femtodollars == nil {
            femtodollars = facts.costOfParts.sum
            isRefused = isRefused || facts.costOfParts.isRefused
        }
        if facts.states(anyOf: Fact.upstreamCost.bit | Fact.usesOwnKey.bit) { addUpstream(facts, body) }
    }

    /// The first stated figure that is no cost, and the largest one of its unit that would be; `nil` when there is none.
    static func refusedFigure(
        _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) -> (value: AttributeValue, largest: Double)? {
        for (fact, decimals) in figures {
            guard let value = facts[fact], ReportedCost.read(value, decimals: decimals, body: body) == nil else {
                continue
            }
            return (value, Double(ReportedCost.largest) / Double(ReportedCost.powersOfTen[15 - decimals]))
        }
        return nil
    }

    /// The facts that state a cost, and the decimals of their unit in dollars; the best one first.
    private static let figures: [(fact: Fact, decimals: Int)] = [(.cost, 0), (.costNanos, 9), (.costTicks, 10)]

    /// Adds what the provider billed, where the gateway's own figure does not include it.
    ///
    /// A gateway that bills the call itself bills at least what the provider does. So a much smaller figure is a fee, also
    /// where the span does not say whose key was used.
    private mutating func addUpstream(_ facts: borrowing SpanFacts, _ body: Span<UInt8>) {
        let usesOwnKey = facts[.usesOwnKey].map { $0.flag(in: body) }
        guard let value = facts[.upstreamCost], let upstream = ReportedCost.read(value, body: body), upstream > 0 else {
            if usesOwnKey == true { femtodollars = nil }
            return
        }
        let fee = femtodollars ?? 0
        let isFee =
            switch usesOwnKey {
            case true?: fee < upstream
            case false?: false
            case nil: fee <= upstream / 2
            }
        guard isFee else { return }
        femtodollars = Outside(fee).adding(Outside(upstream))?.checked(in: 0...ReportedCost.largest)
        isRefused = isRefused || femtodollars == nil
    }

    private static let dollars = Array("usd".utf8)
}
