// SPDX-License-Identifier: Apache-2.0

/// What of a call's tokens was not reported as such but concluded, so that its cost is only an estimate.
package struct UsageGuesses: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Tokens that only the total has were taken for reasoning.
    package static let hiddenReasoning = UsageGuesses(rawValue: 1)
}
