// SPDX-License-Identifier: Apache-2.0

/// A model whose first call without a price has come.
package struct NewUnpricedModel: Sendable, Equatable {
    /// The model and the provider as reported; empty if the span reports none.
    package let model: String
    package let provider: String
    /// Why there is no price.
    package let reason: String
    /// The ids of the models whose names are nearest, at most three.
    package var closest: [String] = []
}
