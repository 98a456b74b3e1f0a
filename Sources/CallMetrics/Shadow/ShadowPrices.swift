// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import GenAI
import Notation
package import Pricing
import Synchronization

/// Counts the cost of the same calls by other price books, in a family of its own, apart from the real costs.
///
/// A span's own figure plays no part here, since the question is what the other book says.
package final class ShadowPrices: CallSink {
    /// A book to compare with.
    package struct Book: Sendable {
        package let name: String
        package let book: PriceBook

        package init(name: String, book: PriceBook) {
            self.name = name
            self.book = book
        }
    }

    private struct Shadow {
        let name: String
        let pricer: Pricer
        var meters = HostedModelMeters()
    }

    /// What calls must have in common to be added up as one.
    private struct Key: Hashable {
        let model: Symbol
        let operation: Symbol
        /// The card of the real price, which may name the model.
        let card: UInt32?
        /// The card of the other book where its machines are paid by the clock; a price comes with the time then.
        let clockCard: UInt32?
    }

    private struct Sum {
        /// A call of the kind, for its labels.
        let index: Int
        var cost = Dollars.zero
        /// What is to be paid by the clock.
        var usage = TokenUsage()
    }

    private let store: MetricsStore
    private let symbols: SymbolTable
    private let labels: ModelLabels
    private let tenantValues: Pricer.TenantValues
    private let family: FamilyID
    private let countsClock: Bool
    private let shadows: Mutex<[Shadow]>
    private let saturated = Atomic<UInt64>(0)

    /// Registers the family.
    ///
    /// - Parameters:
    ///   - store: Where the series go.
    ///   - symbols: The table that made the calls' symbols.
    ///   - labels: The names of models in all families.
    ///   - books: The books to compare with.
    ///   - pricing: How real calls are priced.
    ///   - moment: The time now, from which on the books charge machines by the clock; `nil` where there is none, so that
    ///     calls of such a model have no price.
    ///   - tenantValues: What is behind the classes of tenants that calls carry.
    package init(
        store: MetricsStore, symbols: SymbolTable, labels: ModelLabels, books: [Book], pricing: PricerConfiguration,
        from moment: ClockMoment? = nil, tenantValues: @escaping Pricer.TenantValues = { _, _ in nil }
    ) {
        self.store = store
        self.symbols = symbols
        self.labels = labels
        self.tenantValues = tenantValues
        countsClock = moment != nil
        family = store.update { registry in
            registry.register(
                MetricFamily(
                    name: "llm_shadow_cost_dollars_total",
                    help: "Cost of model calls in US dollars at the prices of a shadow book.",
                    kind: .counter, labels: [.fixed("book"), .open("model"), .fixed("operation")],
                    scale: ModelCallFamilies.dollarsScale, unit: .dollars))
        }
        shadows = Mutex([])
        replace(books, pricing: pricing, at: moment)
    }

    /// Compares with other books from now on.
    ///
    /// - Parameters:
    ///   - books: The books; one of a name that was there before goes on with its counters.
    ///   - pricing: How real calls are priced.
    ///   - moment: The time now; what the clock has to do with is charged by the books of before until then. `nil` where
    ///     there is no clock.
    package func replace(_ books: [Book], pricing: PricerConfiguration, at moment: ClockMoment? = nil) {
        var configuration = pricing
        configuration.reportedCosts.standard = .computed
        configuration.reportedCosts.byProvider = [:]
        configuration.reportedCosts.unknownModels = .computed
        shadows.withLock { shadows in
            var meters = Dictionary(uniqueKeysWithValues: shadows.map { ($0.name, $0.meters) })
            if let moment {
                for name in Set(meters.keys).union(books.map(\.name)) {
                    let models = books.first { $0.name == name }?.book.meteredModels ?? []
                    let charges = meters[name, default: HostedModelMeters()].replace(
                        models, at: moment.monotonicNanoseconds)
                    record(charges, of: name, at: moment)
                }
            }
            shadows = books.map { book in
                Shadow(
                    name: book.name,
                    pricer: Pricer(
                        book: book.book, symbols: symbols, configuration: configuration, countsClock: countsClock,
                        tenantValues: tenantValues), meters: meters[book.name] ?? HostedModelMeters())
            }
        }
    }

    /// How often calls found no room among those who share the price of a minute.
    package var payerOverflows: UInt64 { shadows.withLock { $0.reduce(0) { $0 + $1.meters.overflows } } }

    /// The number of calls whose price by a shadow book was cut down to the largest one that fits.
    package var saturatedPrices: UInt64 { saturated.load(ordering: .relaxed) }

    package func advance(to moment: ClockMoment, isLast: Bool) {
        shadows.withLock { shadows in
            for index in shadows.indices {
                let charges = shadows[index].meters.tick(at: moment.monotonicNanoseconds, isLast: isLast)
                record(charges, of: shadows[index].name, at: moment)
            }
        }
    }

    private func record(_ charges: [HostedModelMeters.Charge], of book: String, at moment: ClockMoment) {
        guard !charges.isEmpty else { return }
        store.charge { registry in
            charges.map { charge in
                let operation: String
                switch charge.bearer {
                case .payer(let payer):
                    return SeriesCharge(series: payer.cost, amount: charge.amount.femtodollars)
                case .idle: operation = HostedModelMeters.idle
                case .overflow: operation = OverflowValue.text
                }
                let values = LabelValues().adding(book).adding(labels.text(of: charge.model)).adding(operation)
                let series = registry.series(family, values, createdAtNanoseconds: moment.wallNanoseconds)
                return SeriesCharge(series: series, amount: charge.amount.femtodollars)
            }
        }
    }

    /// The tenants of the books, by whose attributes calls have to be read.
    package var tenants: [Tenants] { shadows.withLock { $0.map(\.pricer.book.tenants) } }

    package func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        for shadow in shadows.withLock({ $0 }) {
            let priced = shadow.pricer.price(calls.calls, arrivalNanoseconds: arrivalNanoseconds)
            let sums = sums(of: priced, besides: calls)
            guard !sums.isEmpty else { continue }
            // In the order of the calls: at the series limit it decides which label sets find room.
            let named = sums.sorted { $0.value.index < $1.value.index }.map { key, sum in
                let call = calls.calls[sum.index]
                let model = labels.text(of: call, calls.verdicts[sum.index], calls.cards)
                var values = LabelValues().adding(shadow.name)
                values.append(model)
                let operation = symbols.text(of: call.operation)
                values.append(operation, isKnown: symbols.knows(operation, in: .operation))
                return (
                    labels: values, sum: sum,
                    clockModel: key.clockCard.map { priced.cards[Int($0)].modelID }
                )
            }
            var uses: [HostedModelMeters.Use] = []
            store.update { registry in
                for (labels, sum, clockModel) in named {
                    let series = registry.series(family, labels, createdAtNanoseconds: arrivalNanoseconds)
                    registry.add(sum.cost.femtodollars, to: series)
                    guard let clockModel else { continue }
                    uses.append(
                        HostedModelMeters.Use(of: clockModel, by: HostedModelMeters.Payer(cost: series), sum.usage))
                }
            }
            if !uses.isEmpty { note(uses, in: shadow.name) }
        }
    }

    /// Adds up calls that a book has a price for, by their labels.
    private func sums(of priced: PricedCalls, besides calls: PricedCalls) -> [Key: Sum] {
        var sums: [Key: Sum] = [:]
        for (index, verdict) in priced.verdicts.enumerated() {
            guard verdict.kind == .computed, let number = verdict.card,
                let tokens = try? priced.cards[Int(number)].cost(of: TokenUsage(calls.calls[index].usage))
            else { continue }
            let (call, card) = (calls.calls[index], priced.cards[Int(number)])
            let isByClock = card.hosted == .capacity
            let cost = tokens + card.fee(of: call)
            if card.isSaturated || cost.isSaturated { saturated.add(1, ordering: .relaxed) }
            let key = Key(
                model: labels.symbol(of: call), operation: call.operation, card: calls.verdicts[index].card,
                clockCard: isByClock ? number : nil)
            sums[key, default: Sum(index: index)].cost += cost
            guard isByClock else { continue }
            sums[key, default: Sum(index: index)].usage.add(call.usage)
        }
        return sums
    }

    private func note(_ uses: [HostedModelMeters.Use], in book: String) {
        shadows.withLock { shadows in
            guard let index = shadows.firstIndex(where: { $0.name == book }) else { return }
            for use in uses { shadows[index].meters.add(use) }
        }
    }
}
