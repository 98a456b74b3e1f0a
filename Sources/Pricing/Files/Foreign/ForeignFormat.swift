// SPDX-License-Identifier: Apache-2.0
import Documents

/// Recognises documents that are offered as price files and are something else, to say what to do.
///
/// - SeeAlso: LiteLLM, `model_prices_and_context_window.json`; pydantic genai-prices, `prices/data.json`; OpenRouter,
///   `GET /api/v1/models`; Langfuse, `GET /api/public/models`.
enum ForeignFormat {
    /// The error for a document without the mark of a price file; `nil` for all others.
    static func error(for root: DocumentNode) -> DocumentError? {
        guard let (name, remedy) = recognised(root) else { return nil }
        return .unexpected(
            root.position, key: "", wanted: "be a price file in the format pricebook/1; \(remedy)", found: name)
    }

    private static func recognised(_ root: DocumentNode) -> (name: String, remedy: String)? {
        switch root.content {
        case .mapping(let entries):
            let keys = Set(entries.map(\.key))
            guard !keys.contains("format") else { return nil }
            if !keys.isDisjoint(with: settingsSections) {
                return ("a settings file", "name it with --config.file, and the price files in it under prices.files")
            }
            let values = entries.prefix(looksAt).map(\.value)
            if values.contains(where: { has(liteLLMKeys, $0) }) {
                return ("LiteLLM's list of prices", "the embedded book has these prices, so leave the file out")
            }
            if let data = entries.first(where: { $0.key == "data" })?.value, case .sequence(let items) = data.content,
                let first = items.first
            {
                guard has(["pricing"], first) else { return langfuse(first) }
                return ("OpenRouter's list of models", "write the rates of the models you need as docs/prices.md shows")
            }
            guard keys.isDisjoint(with: PriceFile.keys) else { return nil }
            return ("another document", "begin it with 'format: pricebook/1', as docs/prices.md shows")
        case .sequence(let items):
            guard let first = items.first else { return nil }
            if has(["models", "pricing_urls", "api_pattern"], first) {
                return ("the data of genai-prices", "the embedded book has these prices, so leave the file out")
            }
            return langfuse(first)
        case .scalar: return nil
        }
    }

    private static func langfuse(_ item: DocumentNode) -> (name: String, remedy: String)? {
        guard has(["matchPattern", "match_pattern", "modelName"], item) else { return nil }
        return ("Langfuse's models", "put them under 'models:' below a line 'format: pricebook/1'")
    }

    /// Whether a value is a mapping with one of some keys.
    private static func has(_ keys: Set<String>, _ value: DocumentNode) -> Bool {
        guard case .mapping(let entries) = value.content else { return false }
        return entries.contains { keys.contains($0.key) }
    }

    /// How many values are looked at.
    private static let looksAt = 8

    private static let liteLLMKeys: Set = ["litellm_provider", "input_cost_per_token"]

    private static let settingsSections: Set = [
        "otlp", "web", "http", "billing", "limits", "prices", "log", "reload", "shadow_books", "labels", "exposition",
    ]
}
