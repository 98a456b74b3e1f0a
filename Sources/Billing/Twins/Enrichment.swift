// SPDX-License-Identifier: Apache-2.0
import GenAI

extension ModelCall {
    /// Adds what another span of the same call says and this one does not.
    ///
    /// The sum of each side stays the same: a finer split replaces the whole side, and only if the sums agree.
    ///
    /// - Parameters:
    ///   - other: A twin, or a part of the call.
    ///   - addsUsage: Whether this call is given the other's tokens, since it came without any.
    ///   - isPart: Whether the other may be about less than this call, such as a check of the answer by another model: then only
    ///     a call that names no model learns its names, and none learns a tier, a region, an id or a cost.
    mutating func learn(from other: ModelCall, addsUsage: Bool = false, isPart: Bool = false) {
        if addsUsage {
            usage.add(other.usage)
            reportsUsage = true
            guesses = other.guesses
        } else if reportsUsage && other.reportsUsage {
            takeFinerSplit(of: other.usage, inputSide: true)
            takeFinerSplit(of: other.usage, inputSide: false)
        }
        let isNamed = responseModel.or(requestModel) != .absent
        if isPart && isNamed { return learnOutcome(from: other) }
        // A name is read by its provider's rules: both come from one span.
        if !isNamed, other.responseModel.or(other.requestModel) != .absent, other.provider != .absent {
            provider = other.provider
        }
        if responseModel == .absent { responseModel = other.responseModel }
        if requestModel == .absent { requestModel = other.requestModel }
        if provider == .absent { provider = other.provider }
        if serverAddress == .absent { serverAddress = other.serverAddress }
        if !isPart, tier == .absent { tier = other.tier }
        if !isPart, inferenceGeo == .absent { inferenceGeo = other.inferenceGeo }
        if !isPart, other.units.word != 0 { units.fill(from: other.units) }
        if !isPart, responseID == 0 {
            responseID = other.responseID
            responseIDScheme = other.responseIDScheme
            rewritesResponseIDs = other.rewritesResponseIDs
        }
        if !isPart { learnCost(from: other) }
        learnOutcome(from: other)
    }

    private mutating func learnOutcome(from other: ModelCall) {
        if hasFailed && errorType == .absent { errorType = other.errorType }
        if timeToFirstTokenNanoseconds == nil { timeToFirstTokenNanoseconds = other.timeToFirstTokenNanoseconds }
        if other.isStream { isStream = true }
    }

    /// Takes the other's cost where this call states none, or a 0, which is often the mark of a cost that is not known.
    ///
    /// Only a gateway knows whether it answered from its cache, so its cost replaces what others computed.
    private mutating func learnCost(from other: ModelCall) {
        let isNews = other.isFromCache && !isFromCache
        if isNews || (!isFromCache && reportedFemtodollars ?? 0 == 0) {
            reportedFemtodollars = other.reportedFemtodollars ?? reportedFemtodollars
        }
        isFromCache = isFromCache || other.isFromCache
    }

    private mutating func takeFinerSplit(of other: CallUsage, inputSide: Bool) {
        let (mine, theirs) = (usage.side(input: inputSide), other.side(input: inputSide))
        guard mine.tokens == theirs.tokens, theirs.classes > mine.classes else { return }
        for tokenClass in TokenClass.allCases where tokenClass.isInputSide == inputSide {
            usage[tokenClass] = other[tokenClass]
        }
    }
}

extension CallUsage {
    /// The tokens of one side, and into how many classes they are split.
    fileprivate func side(input: Bool) -> (tokens: Int64, classes: Int) {
        var classes = 0
        for tokenClass in self.classes where tokenClass.isInputSide == input { classes += 1 }
        return (input ? totalInput : totalOutput, classes)
    }
}
