// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Pricing

/// The views that are on: model calls once more, under names that dashboards of others ask for.
struct CallViews {
    private var conventions: ConventionsView?
    private var openLIT: OpenLITView?
    private let attributions: AttributionTable
    private let symbols: SymbolTable

    /// Registers the families of the views; `nil` if none is on.
    ///
    /// - Parameters:
    ///   - configuration: Which views are on.
    ///   - attributions: Has the labels that the settings add, and behind them those that views read.
    ///   - symbols: The table that made the calls' symbols.
    ///   - registry: Where the families go.
    init?(
        _ configuration: ModelCallMetricsConfiguration, attributions: AttributionTable, symbols: SymbolTable,
        in registry: inout SeriesRegistry
    ) {
        guard configuration.conventionsView || configuration.openLITView else { return nil }
        self.attributions = attributions
        self.symbols = symbols
        if configuration.conventionsView {
            conventions = ConventionsView(in: &registry, showsOrigin: configuration.openLITView)
        }
        if configuration.openLITView { openLIT = OpenLITView(in: &registry, buckets: configuration.buckets) }
    }

    /// Counts one call.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - verdict: How it is priced.
    ///   - card: Its prices, if they are known.
    ///   - hidesModel: Whether the names of its model are over their limit.
    ///   - registry: The series.
    ///   - now: The time, in nanoseconds since 1970; `nil` where there is no clock.
    mutating func record(
        _ call: borrowing ModelCall, _ verdict: PriceVerdict, _ card: RateCard?, hidesModel: Bool,
        in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        var origin: ArraySlice<Symbol> = []
        if openLIT != nil {
            origin = attributions.values(of: call.attribution.number).suffix(OpenLITView.origin.count)
        }
        let viewed = ViewedCall(call, hidesModel: hidesModel, origin: origin)
        conventions?.record(call, as: viewed, symbols, in: &registry, now)
        guard openLIT != nil else { return }
        let cost = Self.cost(of: call, verdict, card)
        openLIT?.record(call, as: viewed, cost: cost, symbols, in: &registry, now)
    }

    /// What one call costs; `nil` if it has no price, and for machines that are paid by the clock, whose price belongs to a
    /// minute and not to a call.
    private static func cost(of call: borrowing ModelCall, _ verdict: PriceVerdict, _ card: RateCard?) -> Dollars? {
        switch verdict.kind {
        case .computed:
            guard let card, card.hosted != .capacity, let tokens = try? card.cost(of: TokenUsage(call.usage)) else {
                return nil
            }
            return tokens + card.fee(of: call)
        case .reported: return call.reportedFemtodollars.map { Dollars(femtodollars: Int128($0)) }
        case .unpriced, .nothingToPrice: return nil
        }
    }
}
