// SPDX-License-Identifier: Apache-2.0

/// Whether a class of tokens went into a model or came out of it.
package enum TokenSide: Sendable {
    case input, output

    /// Reads it from a sample's labels.
    ///
    /// - Parameter labels: Labels with a `token_type`.
    package init(_ labels: [String: String]) {
        let type = labels["token_type"] ?? ""
        self = type.hasPrefix("output") || type == "reasoning" ? .output : .input
    }
}
