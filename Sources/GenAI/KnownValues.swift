// SPDX-License-Identifier: Apache-2.0

/// Tells which values of senders are known, so that limits apply to the others only.
///
/// Price books know models, providers, tiers, places, hosts, and the values that tell tenants.
package protocol KnownValues: Sendable {
    /// The known value that a text is, but for case and white space at its ends.
    ///
    /// - Parameters:
    ///   - text: A value as reported.
    ///   - vocabulary: What the value is.
    /// - Returns: The value as it is known, which prices alike; `nil` for one that is not known.
    func spelling(of text: String, in vocabulary: Vocabulary) -> String?

    /// What a host means that is not known by itself, such as one below a known domain.
    ///
    /// - Parameter host: The host as reported.
    /// - Returns: Equal for hosts that prices do not tell apart; `nil` for a host that means nothing.
    func meaning(ofHost host: String) -> ValueMeaning?

    /// What a model's name means that is not known by itself, such as one that a rule fits.
    ///
    /// - Parameters:
    ///   - model: The name as reported.
    ///   - provider: The provider as reported; empty when absent.
    ///   - host: The host that was called; empty when unknown.
    ///   - tenantClass: The class of tenants that the call belongs to.
    /// - Returns: Equal for names that prices do not tell apart in calls with this provider, host and class, and in all
    ///   others for which it is equal; `nil` for a name that means nothing.
    func meaning(ofModel model: String, provider: String, host: String, tenantClass: UInt32) -> ValueMeaning?
}

/// What a value means that is not known by itself.
package struct ValueMeaning: Sendable {
    /// Equal for values that mean the same.
    package var parts: [Int]
    /// The same without what prices do not depend on, for when there are too many; there are no more of these than models,
    /// providers and tenants allow.
    package var essentialParts: [Int]
    /// What is shown in the place of the value.
    package var shownText: String

    package init(parts: [Int], essentialParts: [Int], shownText: String) {
        self.parts = parts
        self.essentialParts = essentialParts
        self.shownText = shownText
    }
}

/// The values that are known to everybody, whatever a price book says.
enum ConventionalValues {
    private static let operations = Set(KnownOperation.allCases.map(\.name))

    /// Whether the conventions themselves have the value.
    static func contain(_ text: String, in vocabulary: Vocabulary) -> Bool {
        switch vocabulary {
        case .operation: operations.contains(text)
        case .errorType: text == unknownError
        case .tier: DefaultTiers.names.contains(text)
        case .model, .provider, .serverAddress, .inferenceGeo, .label: false
        }
    }

    /// The conventions' own word for an error whose type is not known (`error.type`).
    static let unknownError = "_OTHER"
}
