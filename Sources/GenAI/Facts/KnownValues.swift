// SPDX-License-Identifier: Apache-2.0

/// Knows which reported values are exempt from limits.
///
/// Price books know models, providers, tiers, inference geographies, hosts, and the values that identify tenants.
package protocol KnownValues: Sendable {
    /// The known value that equals a text, except for case and for white space at its ends.
    ///
    /// - Parameters:
    ///   - text: A value as reported.
    ///   - vocabulary: What the value is.
    /// - Returns: The known value, which has the same price; `nil` for an unknown one.
    func spelling(of text: String, in vocabulary: Vocabulary) -> String?

    /// The meaning of a host that is not itself known, such as a subdomain of a known one.
    ///
    /// - Parameter host: The host as reported.
    /// - Returns: The meaning, equal for hosts that have the same prices; `nil` for a host without a meaning.
    func meaning(ofHost host: String) -> ValueMeaning?

    /// The meaning of a model's name that is not itself known, such as a name that a rule matches.
    ///
    /// - Parameters:
    ///   - model: The name as reported.
    ///   - provider: The provider as reported; empty when absent.
    ///   - host: The host that was called; empty when unknown.
    ///   - tenantClass: The class of tenants that the call belongs to.
    /// - Returns: The meaning. Calls whose meanings are equal have the same prices, whatever their names, providers, hosts and
    ///   classes are. `nil` for a name without a meaning.
    func meaning(ofModel model: String, provider: String, host: String, tenantClass: UInt32) -> ValueMeaning?
}

/// The meaning of a value that is not itself known.
package struct ValueMeaning: Sendable {
    /// The meaning in numbers, equal for values that mean the same.
    package var parts: [Int]
    /// The parts that prices depend on, used when there are too many meanings; their number is bounded by the models,
    /// providers and tenants of the books.
    package var essentialParts: [Int]
    /// The text that is shown instead of the value.
    package var shownText: String

    package init(parts: [Int], essentialParts: [Int], shownText: String) {
        self.parts = parts
        self.essentialParts = essentialParts
        self.shownText = shownText
    }
}

/// The values that are known independently of the price books.
enum ConventionalValues {
    private static let operations = Set(KnownOperation.allCases.map(\.name))

    /// Whether the conventions define the value.
    static func contain(_ text: String, in vocabulary: Vocabulary) -> Bool {
        switch vocabulary {
        case .operation: operations.contains(text)
        case .errorType: text == unknownError
        case .tier: DefaultTiers.names.contains(text)
        case .model, .provider, .serverAddress, .inferenceGeo, .label: false
        }
    }

    /// The conventions' value of `error.type` for an error of unknown type.
    static let unknownError = "_OTHER"
}
