// SPDX-License-Identifier: Apache-2.0
package import GenAI
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

/// The names of models as label values, in every family alike.
///
/// Senders choose names, so that those the price book does not know are kept up to a ceiling only; later ones become
/// `__overflow__`. Asked once for each kind of call, not for each call.
package final class ModelLabels: Sendable {
    /// Tells the id of a model in the price book, or `nil` for one that the book does not know.
    package typealias Find = @Sendable (_ provider: String, _ host: String, _ model: String) -> String?

    private struct State {
        var unknown: Set<Symbol> = []
        var overflows: UInt64 = 0
    }

    /// Which name is shown.
    let choice: ModelLabel
    private let symbols: SymbolTable
    private let unknownLimit: Int
    private let find: Find
    private let state = Mutex(State())

    /// Makes the labels.
    ///
    /// - Parameters:
    ///   - symbols: The table that made the calls' symbols.
    ///   - choice: Which name is shown.
    ///   - unknownLimit: How many names may be shown that the price book does not know.
    ///   - find: Asks the price book, where the price of a call does not tell.
    package init(
        symbols: SymbolTable, choice: ModelLabel = .response, unknownLimit: Int = 200,
        find: @escaping Find = { _, _, _ in nil }
    ) {
        self.symbols = symbols
        self.choice = choice
        self.unknownLimit = unknownLimit
        self.find = find
    }

    /// How often a name became `__overflow__`; one that comes again may count again.
    package var overflows: UInt64 { state.withLock { $0.overflows } }

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
    /// - Returns: A name, or `__overflow__`.
    func text(of call: ModelCall, _ verdict: PriceVerdict, _ cards: RateCards) -> String {
        let symbol = symbol(of: call)
        let name = symbols.text(of: symbol)
        guard symbol != .absent, symbol != .overflow else { return name }
        guard let id = id(of: call, symbol, name, verdict, cards) else { return admit(symbol) ? name : Self.overflow }
        // A place is free again once the book knows the name.
        state.withLock { _ = $0.unknown.remove(symbol) }
        return choice == .book ? id : name
    }

    /// The value of the label for machines of one's own, where no call tells a name.
    func text(of plan: HostedPlan) -> String { choice == .book ? plan.model : plan.name }

    /// The id in the book, or `nil` for a name that the book does not know.
    private func id(
        of call: ModelCall, _ symbol: Symbol, _ name: String, _ verdict: PriceVerdict, _ cards: RateCards
    ) -> String? {
        if symbol == call.model {
            if let card = verdict.card { return cards[Int(card)].modelID }
            if let reason = verdict.reason, reason.isOfUnknownName { return nil }
        }
        return find(symbols.text(of: call.provider), symbols.text(of: call.serverAddress), name)
    }

    private func admit(_ symbol: Symbol) -> Bool {
        state.withLock { state in
            if state.unknown.contains(symbol) { return true }
            guard state.unknown.count < unknownLimit else {
                state.overflows += 1
                return false
            }
            state.unknown.insert(symbol)
            return true
        }
    }

    /// The value of a label that was given up.
    static let overflow = "__overflow__"
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
        case .unknownProvider, .unknownModel, .opaqueDeployment: true
        case .noUsage, .invalidUsage, .noRate: false
        }
    }
}
