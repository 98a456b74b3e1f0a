// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What is summed for each group: a column of the roll-ups.
enum SumColumn: Hashable, Sendable {
    case calls, failed, unpriced, estimated, streamed
    /// Failed calls that reported nothing to price: their cost of 0 is no price.
    case failedWithoutUsage
    /// All tokens.
    case allTokens
    case tokens(TokenClass)
    case unit(BilledUnits.Unit)
    /// Microseconds.
    case duration
    // Dollars are micros * 1e-6 + rest * 1e-15.
    case micros, rest
    case savedMicros, savedRest
    // What repricing has changed, and the number of unpriced calls that it has priced; roll-ups have none of it.
    case adjustedMicros, adjustedRest, repriced

    /// The name of the column in the table of roll-ups, or what stands for it there.
    var name: String {
        switch self {
        case .calls: "calls"
        // The same column, of the lines whose source is `nothing`.
        case .failed, .failedWithoutUsage: "failed"
        case .unpriced: "unpriced"
        case .estimated: "estimated"
        case .streamed: "streamed"
        case .allTokens: "tokens"
        case .tokens(let tokenClass): tokenClass.name
        case .unit(let unit): unit.name
        case .duration: "duration"
        case .micros: "micros"
        case .rest: "rest"
        case .savedMicros: "saved_micros"
        case .savedRest: "saved_rest"
        case .adjustedMicros, .adjustedRest, .repriced: "0"
        }
    }
}
