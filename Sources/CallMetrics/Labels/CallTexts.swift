// SPDX-License-Identifier: Apache-2.0
package import GenAI
package import Pricing

/// The texts by which a call is shown, the same ones as the labels of its series.
package struct CallTexts: Sendable {
    private let symbols: SymbolTable
    private let attributions: AttributionTable
    private let labels: ModelLabels
    private let providerID: @Sendable (_ reported: String, _ host: String, _ model: String) -> String?

    /// Makes the texts.
    ///
    /// - Parameters:
    ///   - symbols: The table that made the calls' symbols.
    ///   - attributions: The labels that settings add.
    ///   - labels: The names of models.
    ///   - providerID: The id of the provider that a reported name, a host and a model mean; `nil` if there is none.
    package init(
        symbols: SymbolTable, attributions: AttributionTable, labels: ModelLabels,
        providerID: @escaping @Sendable (_ reported: String, _ host: String, _ model: String) -> String?
    ) {
        self.symbols = symbols
        self.attributions = attributions
        self.labels = labels
        self.providerID = providerID
    }

    /// The names of the labels that settings add.
    package var labelNames: [String] { attributions.shown.map(\.name) }

    /// The value of the `model` label.
    package func model(of call: ModelCall, _ verdict: PriceVerdict, _ cards: RateCards) -> String {
        labels.text(of: call, verdict, cards).text
    }

    /// The symbol behind the `model` label, equal for calls that name the same model.
    package func modelSymbol(of call: borrowing ModelCall) -> Symbol { labels.symbol(of: call) }

    /// The provider whose prices hold or would hold, or the reported one if it is unknown; empty if there is none.
    package func provider(of call: ModelCall, _ verdict: PriceVerdict, _ cards: RateCards) -> String {
        if verdict.kind != .unpriced, let card = verdict.card { return cards[Int(card)].provider }
        return provider(of: call)
    }

    /// The provider that a call without a price names, by its id if that is known; empty if there is none.
    package func provider(of call: ModelCall) -> String {
        let reported = symbols.text(of: call.provider)
        return providerID(reported, symbols.text(of: call.serverAddress), symbols.text(of: call.model)) ?? reported
    }

    /// The operation in the conventions' words.
    package func operation(of call: borrowing ModelCall) -> String { symbols.text(of: call.operation) }

    /// The values of the labels that settings add, in the order of ``labelNames``; empty where a call has none.
    package func labelValues(of call: borrowing ModelCall, _ verdict: PriceVerdict, _ cards: RateCards) -> [String] {
        labelValues(of: call, card: verdict.card.map { cards[Int($0)] })
    }

    /// The values of the labels that settings add, for a call that a card prices, or none.
    package func labelValues(of call: borrowing ModelCall, card: RateCard?) -> [String] {
        attributions.texts(of: call.attribution.number, card: card, symbols: symbols)
    }
}
