// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import GenAI
import Notation
package import Pricing
import Synchronization

/// Which name of a call's model is the value of the `model` label.
package enum ModelLabel: String, CaseIterable, Sendable {
    /// The model that answered, else the one asked for.
    case response
    /// The model that was asked for, else the one that answered.
    case request
    /// The model's id in the price book, so that its snapshots, prefixes and regions are one; the name of ``response``
    /// where the book does not know it.
    case book
}

/// The value of the `model` label.
struct ModelText {
    var text: String
    /// Whether the value is known: the price book lists the name, or it is an id of the book.
    var isKnown = true
    /// The value that replaces an unknown one when there is no room for its series; `nil` for `__overflow__`.
    var substitute: String?
}

/// The names of models as label values, in every family alike.
///
/// Senders choose names. A name that the price book lists is always shown. Names that match a model of the book only by a rule
/// or another spelling are shown up to a ceiling, and beyond it as the model's id. Names that the book does not know are shown
/// up to a ceiling of their own, and beyond it become `__overflow__`. The label is made once for each kind of call, not for
/// each call.
package final class ModelLabels: Sendable {
    /// Finds the id of a model in the price book; `nil` for one that the book does not know.
    package typealias Find = @Sendable (_ provider: String, _ host: String, _ model: String) -> String?

    /// Names that are shown, and how often another one found no room.
    private struct Pool {
        var names: Set<String> = []
        var overflows: UInt64 = 0

        mutating func admit(_ name: String, limit: Int) -> Bool {
            if names.contains(name) { return true }
            guard names.count < limit else {
                overflows += 1
                return false
            }
            names.insert(name)
            return true
        }
    }

    private struct State {
        var unknown = Pool()
        var matched = Pool()
    }

    /// Which name is shown.
    let choice: ModelLabel
    private let symbols: SymbolTable
    private let unknownLimit: Int
    private let matchedLimit: Int
    private let find: Find
    private let state = Mutex(State())

    /// Makes the labels.
    ///
    /// - Parameters:
    ///   - symbols: The table that made the calls' symbols.
    ///   - choice: Which name is shown.
    ///   - unknownLimit: How many names may be shown that the price book does not know.
    ///   - matchedLimit: How many names may be shown that the price book knows but does not list.
    ///   - find: Asks the price book, where the price of a call does not name the model.
    package init(
        symbols: SymbolTable, choice: ModelLabel = .response, unknownLimit: Int = 200, matchedLimit: Int = 1_000,
        find: @escaping Find = { _, _, _ in nil }
    ) {
        self.symbols = symbols
        self.choice = choice
        self.unknownLimit = unknownLimit
        self.matchedLimit = matchedLimit
        self.find = find
    }

    /// How often an unknown name became `__overflow__`; one that comes again may count again.
    package var overflows: UInt64 { state.withLock { $0.unknown.overflows } }

    /// How often a matched name was shown as the id of its model because there were too many; a name that comes again may count
    /// again.
    package var matchedOverflows: UInt64 { state.withLock { $0.matched.overflows } }

    /// The names that are shown, to be kept for a later process.
    package var memory: (unknown: [String], matched: [String]) {
        state.withLock { ($0.unknown.names.sorted(), $0.matched.names.sorted()) }
    }

    /// Shows the names of an earlier process, whatever the limits are now: their series exist.
    package func restore(unknown: [String], matched: [String]) {
        state.withLock { state in
            state.unknown.names.formUnion(unknown)
            state.matched.names.formUnion(matched)
        }
    }

    /// The name that is shown of a call's model where it is not the book's.
    @inline(__always)
    func symbol(of call: borrowing ModelCall) -> Symbol {
        // Not by `model`, which is a call to another room and copies the call for it.
        choice == .request ? call.requestModel.or(call.responseModel) : call.responseModel.or(call.requestModel)
    }

    /// The value of the label.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - verdict: What decided its price.
    ///   - cards: The cards that verdicts refer to.
    /// - Returns: A name, an id, or `__overflow__`.
    func text(of call: ModelCall, _ verdict: PriceVerdict, _ cards: RateCards) -> ModelText {
        let symbol = symbol(of: call)
        let reported = symbols.text(of: symbol)
        var name = reported
        guard symbol != .absent, symbol != .overflow else { return ModelText(text: name) }
        if symbols.isStandIn(symbol) {
            state.withLock { $0.matched.overflows += 1 }
            return ModelText(text: name)
        }
        var isListed = symbols.knows(name, in: .model)
        if !isListed, let model = ResourcePath.model(in: name) {
            name = model
            isListed = symbols.knows(name, in: .model)
        }
        guard let id = id(of: call, symbol, reported, verdict, cards) else {
            if isListed { return ModelText(text: name) }
            let isAdmitted = state.withLock { $0.unknown.admit(name, limit: unknownLimit) }
            return ModelText(text: isAdmitted ? name : OverflowValue.text, isKnown: false)
        }
        // A name that the book knows by now no longer counts against the limit.
        state.withLock { _ = $0.unknown.names.remove(name) }
        if choice == .book { return ModelText(text: id) }
        if isListed { return ModelText(text: name) }
        let isAdmitted = state.withLock { $0.matched.admit(name, limit: matchedLimit) }
        return isAdmitted ? ModelText(text: name, isKnown: false, substitute: id) : ModelText(text: id)
    }

    /// The value of the label for a hosted model, for which no call reports a name.
    func text(of model: HostedModel) -> String { choice == .book ? model.model : model.name }

    /// The id in the book, or `nil` for a name that the book does not know.
    private func id(
        of call: ModelCall, _ symbol: Symbol, _ name: String, _ verdict: PriceVerdict, _ cards: RateCards
    ) -> String? {
        if symbol == call.model {
            if let card = verdict.card { return cards[Int(card)].modelID }
            if let reason = verdict.reason, reason.isOfUnknownName { return nil }
        }
        return find(symbols.text(of: call.provider), symbols.meantText(of: call.serverAddress), name)
    }
}

extension LabelValues {
    /// Adds the value of the `model` label.
    mutating func append(_ model: ModelText) {
        append(model.text, isKnown: model.isKnown, substitute: model.substitute)
    }
}

extension PriceBook {
    /// The id of the model that a name means, or `nil` when the book does not know it.
    ///
    /// - Parameters:
    ///   - model: The name as reported.
    ///   - provider: The provider as reported.
    ///   - host: The host that was called.
    ///   - allowsApproximate: Whether a similar name will do.
    /// - Returns: The name itself for a model that is known and has no price today.
    package func modelID(of model: String, provider: String, host: String, allowsApproximate: Bool) -> String? {
        var question = PriceQuestion(model: model)
        question.provider = provider
        question.serverAddress = host
        question.allowsApproximate = allowsApproximate
        let answer = price(question)
        switch answer.outcome {
        case .priced(let card, _): return card.modelID
        case .unpriced(let reason): return reason.isOfUnknownName ? nil : answer.clockModel ?? model
        case .reported, .nothingToPrice: return model
        }
    }
}

extension UnpricedReason {
    /// Whether the book does not know the model at all.
    var isOfUnknownName: Bool {
        switch self {
        case .unknownProvider, .unknownModel, .opaqueDeployment, .noModel: true
        case .noUsage, .invalidUsage, .noRate: false
        }
    }
}
