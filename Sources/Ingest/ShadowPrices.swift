// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import GenAI
package import Pricing
import Synchronization

/// What the calls would have cost by other price books: counted beside the real costs, never among them.
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
    }

    /// What calls must have in common to be added up as one.
    private struct Key: Hashable {
        let model: Symbol
        let operation: Symbol
        /// The card of the real price, which may name the model.
        let card: UInt32?
    }

    private struct Sum {
        /// A call of the kind, for its labels.
        let index: Int
        var femtodollars: Int128 = 0
    }

    private let store: MetricsStore
    private let symbols: SymbolTable
    private let labels: ModelLabels
    private let tenantValues: Pricer.TenantValues
    private let family: FamilyID
    private let shadows: Mutex<[Shadow]>

    /// Registers the family.
    ///
    /// - Parameters:
    ///   - store: Where the series go.
    ///   - symbols: The table that made the calls' symbols.
    ///   - labels: The names of models in all families.
    ///   - books: The books to compare with.
    ///   - pricing: How real calls are priced.
    ///   - tenantValues: What is behind the classes of tenants that calls carry.
    package init(
        store: MetricsStore, symbols: SymbolTable, labels: ModelLabels, books: [Book], pricing: PricerConfiguration,
        tenantValues: @escaping Pricer.TenantValues = { _, _ in nil }
    ) {
        self.store = store
        self.symbols = symbols
        self.labels = labels
        self.tenantValues = tenantValues
        family = store.update { registry in
            registry.register(
                MetricFamily(
                    name: "llm_shadow_cost_dollars_total",
                    help: "Counts what model calls would have cost by another price book, in US dollars.",
                    kind: .counter, labels: [.fixed("book"), .open("model"), .fixed("operation")],
                    scale: ModelCallFamilies.dollarsScale, unit: .dollars))
        }
        shadows = Mutex([])
        replace(books, pricing: pricing)
    }

    /// Compares with other books from now on.
    ///
    /// - Parameters:
    ///   - books: The books; one of a name that was there before goes on with its counters.
    ///   - pricing: How real calls are priced.
    package func replace(_ books: [Book], pricing: PricerConfiguration) {
        var configuration = pricing
        configuration.reportedCosts.standard = .computed
        configuration.reportedCosts.byProvider = [:]
        configuration.reportedCosts.unknownModels = .computed
        shadows.withLock { shadows in
            shadows = books.map { book in
                Shadow(
                    name: book.name,
                    pricer: Pricer(
                        book: book.book, symbols: symbols, configuration: configuration, tenantValues: tenantValues))
            }
        }
    }

    package func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        for shadow in shadows.withLock({ $0 }) {
            let priced = shadow.pricer.price(calls.calls, arrivalNanoseconds: arrivalNanoseconds)
            var sums: [Key: Sum] = [:]
            for (index, verdict) in priced.verdicts.enumerated() {
                guard verdict.kind == .computed, let number = verdict.card,
                    let tokens = try? priced.cards[Int(number)].cost(of: TokenUsage(calls.calls[index].usage))
                else { continue }
                let call = calls.calls[index]
                let key = Key(
                    model: labels.symbol(of: call), operation: call.operation, card: calls.verdicts[index].card)
                sums[key, default: Sum(index: index)].femtodollars +=
                    (tokens + priced.cards[Int(number)].fee(of: call)).femtodollars
            }
            guard !sums.isEmpty else { continue }
            let named = sums.values.map { sum in
                let call = calls.calls[sum.index]
                let model = labels.text(of: call, calls.verdicts[sum.index], calls.cards)
                return (labels: [shadow.name, model, symbols.text(of: call.operation)], amount: sum.femtodollars)
            }
            store.update { registry in
                for (labels, amount) in named {
                    let series = registry.series(family, labels, createdAtNanoseconds: arrivalNanoseconds)
                    registry.add(amount, to: series)
                }
            }
        }
    }
}
