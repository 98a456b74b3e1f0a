// SPDX-License-Identifier: Apache-2.0
package import Billing

/// The outcomes of some spans.
///
/// Each span that the service reads has one outcome in the end; calls get theirs when they leave the settle window.
package struct SpanFates {
    /// The outcomes that billing decided.
    package var billed: BillingReport
    /// The number of spans without proper ids.
    package var invalid: Int

    package init(billed: BillingReport = BillingReport(), invalid: Int = 0) {
        self.billed = billed
        self.invalid = invalid
    }

    /// The number of spans of each outcome, in the order of ``names``.
    package var counts: [Int] {
        [
            billed.counted, billed.duplicates, billed.twins, billed.repeatsChildren, billed.unproven,
            billed.passThrough,
            invalid,
        ]
    }

    /// Values of the `outcome` label.
    package static let names = [
        "counted", "duplicate", "twin", "repeats_children", "unproven", "not_a_model_call", invalid,
    ]

    /// The outcome of spans without proper ids.
    package static let invalid = "invalid"
}
