// SPDX-License-Identifier: Apache-2.0
package import Documents
import GenAI

extension PriceModel {
    /// How keys are treated that this version's format does not have.
    package enum UnknownKeys: Sendable {
        /// They are errors, for a price file that a person wrote.
        case refused
        /// They are ignored, for a book that a newer importer may have written.
        case ignored
    }

    /// Reads a model of a price book.
    ///
    /// - Parameters:
    ///   - node: The model's mapping.
    ///   - unknownKeys: Whether keys and rules that this version does not know are errors.
    /// - Throws: ``DocumentError`` that names the line and the key.
    package convenience init(_ node: DocumentNode, unknownKeys: UnknownKeys) throws(DocumentError) {
        let reader = PriceReader(isStrict: unknownKeys == .refused)
        let model = try reader.mapping(
            node,
            keys: [
                "id", "provider", "source", "names", "match", "kind", "prices", "variants", "multipliers", "hosted",
                "dates_from",
            ])
        let hosted = try model["hosted"].map { (node) throws(DocumentError) in try reader.hosted(node) }
        self.init(
            id: try model.required("id").string(),
            provider: try model.required("provider").string(),
            names: try model["names"]?.strings().map { $0.lowercased() } ?? [],
            patterns: try reader.list(model["match"]) { (node) throws(DocumentError) in try reader.pattern(node) },
            kind: try model["kind"]?.string(),
            prices: try reader.prices(model, hosted),
            variants: try reader.list(model["variants"]) { (node) throws(DocumentError) in try reader.variant(node) },
            multipliers: try reader.multipliers(model["multipliers"]), hosted: hosted)
    }
}
