// SPDX-License-Identifier: Apache-2.0

/// The tokens of a call that were inferred and not reported, so that its cost is an estimate.
package struct UsageGuesses: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Tokens that are only in the total were taken for reasoning.
    package static let hiddenReasoning = UsageGuesses(rawValue: 1)
}
