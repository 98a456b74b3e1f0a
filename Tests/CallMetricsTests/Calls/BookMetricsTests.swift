// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import GenAI
import Pricing
import Testing
import TestRooms

@Suite struct BookMetricsTests {
    @Test func `however often books change, the one in force is the only series`() throws {
        let store = MetricsStore(seriesCeiling: 2)
        let metrics = BookMetrics(store: store, labels: ModelLabels(symbols: SymbolTable()))
        for turn in 0..<12 {
            metrics.show(try Self.book("house-\(turn / 2)"))
            let (count, series) = store.update { registry in
                (registry.seriesCount, registry.snapshot.series(of: registry.snapshot.familyIDs[0]))
            }
            #expect(count == 2)
            #expect(series.count == 1)
            #expect(series.value(of: 0) == 1)
            #expect(series.labelValues(of: 0)[1].hasSuffix("prices.yaml house-\(turn / 2)"))
        }
    }

    private static func book(_ version: String) throws -> PriceBook {
        let text = "format: pricebook/1\nversion: \(version)\ngateways: []"
        return try PriceBook.load([PriceBook.Source(name: "/somewhere/prices.yaml", bytes: Array(text.utf8))])
    }
}
