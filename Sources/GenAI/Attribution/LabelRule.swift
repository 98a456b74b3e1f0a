// SPDX-License-Identifier: Apache-2.0

/// A label that settings add to the families of model calls, and where its value comes from.
package struct LabelRule: Sendable, Equatable {
    /// The label's name.
    package var name: String
    /// Where the value may be found; the first place that has one wins.
    package var sources: [LabelSource]
    /// Whether the histograms have the label too, each of whose series is a dozen.
    ///
    /// Default false.
    package var isOnHistograms: Bool
    /// How many different values the label may have; every other becomes `__overflow__`.
    ///
    /// Default 1,000.
    package var maxValues: Int

    /// Whether a value of the label is known: all its sources are properties of calls, and one of them has it as known value.
    ///
    /// - Parameters:
    ///   - text: A value of the label.
    ///   - symbols: Knows the values of calls' properties.
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

/// A place in which the value of a label may be found.
package enum LabelSource: Sendable, Hashable {
    /// An attribute of the span itself.
    case span(String)
    /// An attribute of its resource.
    case resource(String)
    /// An attribute of its instrumentation scope.
    case scope(String)
    /// An attribute of a span above it, the nearest that has it, as far as those arrive within the settle window.
    case ancestor(String)
    /// Something that was made out about the call.
    case call(CallProperty)

    /// Reads a source as settings write it, such as `span.llm.team` or `call.provider`; `nil` for anything else.
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

    /// The key of the attribute that is asked for, if it is one.
    package var attributeKey: String? {
        switch self {
        case .span(let key), .resource(let key), .scope(let key), .ancestor(let key): key
        case .call: nil
        }
    }
}

/// What was made out about a call and may become a label's value.
package enum CallProperty: String, CaseIterable, Sendable {
    case provider
    case tier
    case requestModel = "request_model"
    case responseModel = "response_model"
    case dialect
    /// The region that decided the price; empty where none did.
    case region
    /// The id of the price that was found; empty where none was.
    case bookID = "book_id"

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
