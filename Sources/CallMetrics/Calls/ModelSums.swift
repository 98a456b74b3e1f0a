// SPDX-License-Identifier: Apache-2.0
import GenAI
package import Pricing

/// The sums of some calls of one model, made once for all calls that share every label and their prices.
package struct ModelSum: Sendable, Equatable {
    /// The row of the model, ``ModelSumSink/row(of:provider:card:)``.
    package let row: Int
    package var calls: Int64 = 0
    package var failures: Int64 = 0
    /// Calls with usage and without a price.
    package var unpriced: Int64 = 0
    /// Calls that succeeded and reported no usage, so that their cost is not known.
    package var withoutUsage: Int64 = 0
    /// Tokens sent to the model, cached ones included.
    package var input: Int64 = 0
    /// The tokens of ``input`` that the provider read from its cache.
    package var cached: Int64 = 0
    package var output: Int64 = 0
    package var cost = Dollars.zero
    /// What reads of the cache saved, minus the premium of writes to it.
    package var saved = Dollars.zero

    package init(row: Int) { self.row = row }

    /// The classes of tokens that were read from a cache.
    static let cachedClasses: [TokenClass] = [.cacheRead, .cacheReadAudio, .cacheReadImage]

    /// Adds other sums; counts saturate at the largest number.
    package mutating func add(_ other: ModelSum) {
        calls.saturate(adding: other.calls)
        failures.saturate(adding: other.failures)
        unpriced.saturate(adding: other.unpriced)
        withoutUsage.saturate(adding: other.withoutUsage)
        input.saturate(adding: other.input)
        cached.saturate(adding: other.cached)
        output.saturate(adding: other.output)
        cost += other.cost
        saved += other.saved
    }
}

/// Receives the sums of calls by model, in addition to the series.
///
/// It costs nothing for each call, only for each set of labels whose sums are written: before a scrape, before the page is
/// made, and at least once in a quarter of an hour.
package protocol ModelSumSink: AnyObject, Sendable {
    /// The row of a model; asked when calls with new labels or other prices are met. Must not block.
    ///
    /// - Parameters:
    ///   - model: The value of the `model` label.
    ///   - provider: The provider that was paid.
    ///   - card: The prices of the calls; `nil` if there are none.
    /// - Returns: A number that stays the row of the model for as long as the process runs.
    func row(of model: String, provider: String, card: RateCard?) -> Int

    /// Adds sums; must not block.
    ///
    /// - Parameters:
    ///   - sums: The sums, of which several may have the same row.
    ///   - nanoseconds: The time of the first of these calls, in nanoseconds since 1970 (UTC); `nil` where there is no clock.
    func add(_ sums: [ModelSum], at nanoseconds: UInt64?)
}

extension Int64 {
    /// Adds a count that is not negative; a sum that does not fit becomes the largest number.
    package mutating func saturate(adding count: Int64) {
        let (sum, overflow) = addingReportingOverflow(count)
        self = overflow ? .max : sum
    }
}
