// SPDX-License-Identifier: Apache-2.0

/// A label that the settings add to the families of model calls, and the sources of its value.
package struct LabelRule: Sendable, Equatable {
    /// The label's name.
    package var name: String
    /// The sources of the value; the first one that has a value wins.
    package var sources: [LabelSource]
    /// Whether the histograms have the label too; a series of a histogram counts as a dozen Prometheus series.
    ///
    /// Default false.
    package var isOnHistograms: Bool
    /// The largest number of different values; every other value becomes `__overflow__`.
    ///
    /// Default 1,000.
    package var maxValues: Int

    /// Whether a value of the label is known: all sources are call properties, and it is a known value of one of them.
    ///
    /// - Parameters:
    ///   - text: A value of the label.
    ///   - symbols: Knows the values of call properties.
    /// - Returns: Whether the value comes from a bounded set that no sender can extend.
    package func knows(_ text: String, _ symbols: SymbolTable) -> Bool {
        let properties = sources.compactMap { source in if case .call(let property) = source { property } else { nil } }
        return properties.count == sources.count && properties.contains { $0.knows(text, symbols) }
    }

    package init(name: String, sources: [LabelSource], isOnHistograms: Bool = false, maxValues: Int = 1_000) {
        self.name = name
        self.sources = sources
        self.isOnHistograms = isOnHistograms
        self.maxValues = maxValues
    }
}

/// A source of the value of a label.
package enum LabelSource: Sendable, Hashable {
    /// An attribute of the span itself.
    case span(String)
    /// An attribute of its resource.
    case resource(String)
    /// An attribute of its instrumentation scope.
    case scope(String)
    /// An attribute of the nearest ancestor that has it and arrives within the settle window.
    case ancestor(String)
    /// A property of the call.
    case call(CallProperty)

    /// Reads a source in the form of the settings, such as `span.llm.team` or `call.provider`; `nil` for anything else.
    ///
    /// - Parameter text: A kind, a dot, and the attribute's key or the property's name.
    package init?(_ text: String) {
        guard let dot = text.firstIndex(of: "."), text.index(after: dot) < text.endIndex else { return nil }
        let key = String(text[text.index(after: dot)...])
        switch text[..<dot] {
        case "span": self = .span(key)
        case "resource": self = .resource(key)
        case "scope": self = .scope(key)
        case "ancestor": self = .ancestor(key)
        case "call":
            guard let property = CallProperty(rawValue: key) else { return nil }
            self = .call(property)
        default: return nil
        }
    }

    /// The vocabulary of the values from the source.
    package var vocabulary: Vocabulary {
        if case .call(let property) = self { property.vocabulary } else { .label }
    }

    /// The attribute key; `nil` for a call property.
    package var attributeKey: String? {
        switch self {
        case .span(let key), .resource(let key), .scope(let key), .ancestor(let key): key
        case .call: nil
        }
    }
}

/// A property of a call that may be a label's value.
package enum CallProperty: String, CaseIterable, Sendable {
    case provider
    case tier
    case requestModel = "request_model"
    case responseModel = "response_model"
    case dialect
    /// The region on which the price depends; empty if it does not depend on one.
    case region
    /// The id of the model in the price book; empty if none was found.
    case bookID = "book_id"

    /// The vocabulary of the property's values.
    package var vocabulary: Vocabulary {
        switch self {
        case .provider: .provider
        case .tier: .tier
        case .requestModel, .responseModel: .model
        case .dialect, .region, .bookID: .label
        }
    }

    /// Whether a value of the property comes from a bounded set that no sender can extend.
    func knows(_ text: String, _ symbols: SymbolTable) -> Bool {
        switch self {
        case .provider: symbols.knows(text, in: .provider)
        case .tier: symbols.knows(text, in: .tier)
        case .requestModel, .responseModel: symbols.knows(text, in: .model)
        case .dialect, .region, .bookID: true
        }
    }
}
