// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// A model call described in words, to price a single call.
package struct PriceQuestion: Sendable {
    /// The provider as reported; empty when absent.
    package var provider = ""
    /// The model that answered; if unknown, the requested one.
    package var model: String
    /// The host that was called; empty when unknown.
    package var serverAddress = ""
    /// The service tier; empty for the default one.
    package var tier = ""
    /// Facts about the region such as `data_residency: eu`, or `nil` to read them from the model's path and the host.
    package var region: [String: String]?
    /// The cloud region that answered, such as `eu-west-1`; empty if only the model's path or the host can tell it.
    package var cloudRegion = ""
    package var usage = TokenUsage()
    /// The billed units.
    package var units = UnitCounts()
    /// The end of the call; ``PriceMoment/newest`` selects the newest price.
    package var moment: PriceMoment = .newest
    /// The duration of the call, for models that are billed by time.
    package var durationNanoseconds: UInt64 = 0
    /// The tenant's number in the book's ``PriceBook/tenants``.
    package var tenant = Tenants.none
    /// Whether an unknown name may get the price of a similar one.
    package var allowsApproximate = false

    package init(model: String) { self.model = model }
}

/// The cost of a call.
package struct PriceAnswer: Sendable {
    /// The cost with all fees, or the reason for which there is none.
    package let outcome: PriceOutcome
    /// The amounts that are charged in addition to tokens, by unit.
    package let fees: [(unit: FeeUnit, amount: Dollars)]
    /// The reasons for which the cost is an estimate; empty if it is not.
    package var estimates: [EstimateReason] = []
    /// The cost of the call's time, for models that are billed by time.
    package var time = Dollars.zero
    /// The card of a model that is billed by the clock, or by the time of a call that does not tell its duration, so that the
    /// call has no price.
    package var clockCard: RateCard?

    /// Whether some part of the cost is an estimate.
    package var isEstimate: Bool { !estimates.isEmpty }

    /// Where the cost comes from, in the words of the metric's `source` label: `computed` or `estimated`.
    package var source: String { isEstimate ? "estimated" : "computed" }
}

extension PriceBook {
    /// Answers one question from scratch, without any cache.
    ///
    /// - Parameters:
    ///   - question: The call.
    ///   - trace: Gets the steps of finding the model.
    /// - Returns: The cost, or the reason for which there is none.
    package func price(_ question: PriceQuestion, trace: MatchTrace? = nil) -> PriceAnswer {
        do throws(UnpricedReason) {
            let terms = MatchTerms(
                tenant: question.tenant, allowsApproximate: question.allowsApproximate, region: question.cloudRegion)
            let match = try match(
                provider: question.provider, host: question.serverAddress, model: question.model, terms: terms,
                trace: trace)
            let region =
                question.region
                ?? Circumstances.regionFacts(model: question.model, host: question.serverAddress)
            var tariff = try tariff(match, Circumstances(tier: question.tier, facts: region))
            let totalInput = try question.usage.checkedTotalInput()
            guard let found = tariff.card(at: question.moment, totalInput: totalInput) else { throw .noRate }
            guard found.card.hosted != .capacity else {
                var answer = PriceAnswer(outcome: .unpriced(.noRate), fees: [])
                answer.clockCard = found.card
                return answer
            }
            return try found.card.answer(question)
        } catch {
            return PriceAnswer(outcome: .unpriced(error), fees: [])
        }
    }

    /// The tariff of a match; a model whose line is malformed has no rates.
    func tariff(_ match: ModelMatch, _ circumstances: Circumstances) throws(UnpricedReason) -> Tariff {
        guard let model = try? model(match.model) else { throw .noRate }
        return Tariff(model: model, match: match, circumstances: circumstances)
    }
}

extension RateCard {
    fileprivate func answer(_ question: PriceQuestion) throws(UnpricedReason) -> PriceAnswer {
        var cost = try cost(of: question.usage)
        var charges: [(unit: FeeUnit, amount: Dollars)] = []
        var units = question.units
        if requestFee != .zero, units[.request] == nil { units[.request] = 1_000_000 }
        var hasUnknownFee = false
        for unit in units.units {
            guard let amount = charge(for: unit, millionths: units[unit] ?? 0) else {
                hasUnknownFee = true
                continue
            }
            charges.append((unit, amount))
            cost += amount
        }
        let time = timeCost(ofNanoseconds: question.durationNanoseconds)
        cost += time
        let hasTokens = question.usage != TokenUsage()
        if hasUnknownFee, charges.isEmpty, !hasTokens { throw .noRate }
        var estimates = estimateReason(for: question.usage).map { [$0] } ?? []
        if hasUnknownFee { estimates.append(.unknownFee) }
        return PriceAnswer(outcome: .priced(self, cost), fees: charges, estimates: estimates, time: time)
    }

    /// The cost of some units; `nil` if the card has no fee for them.
    private func charge(for unit: FeeUnit, millionths: Int64) -> Dollars? {
        func price(_ unit: FeeUnit) -> Dollars? { fees.first { $0.unit == unit }?.price }
        if let price = price(unit) { return price.scaled(by: millionths, over: 1_000_000) }
        switch unit {
        case .audioSecond:
            if let price = price(.inputAudioSecond) { return price.scaled(by: millionths, over: 1_000_000) }
            // A price an hour may have no exact price a second, so the division comes last.
            return price(.audioHour)?.scaled(by: millionths, over: 3_600_000_000)
        default: return nil
        }
    }
}
