// SPDX-License-Identifier: Apache-2.0
import Documents

extension PriceFile {
    /// The mistakes in a file: the first one of each model, and the first one of each other part.
    ///
    /// Reading a file stops at its first mistake; this reads on.
    ///
    /// - Parameters:
    ///   - text: YAML or JSON.
    ///   - file: The file name in error messages.
    /// - Returns: The mistakes in the order of the file's parts.
    static func mistakes(in text: String, file: String) -> [DocumentError] {
        var mistakes: [DocumentError] = []
        func note(_ read: () throws(DocumentError) -> Void) {
            do throws(DocumentError) { try read() } catch { mistakes.append(error) }
        }
        note { () throws(DocumentError) in
            let document = try Document.parse(text, file: file)
            if let error = ForeignFormat.error(for: document) { throw error }
            let root = try document.mapping()
            for entry in root.entries where !keys.contains(entry.key) {
                mistakes.append(.unknownKey(entry.keyPosition, key: entry.key, known: keys))
            }
            var allowsLarge = false
            note { () throws(DocumentError) in
                let format = try root.required("format")
                guard try format.string() == "pricebook/1" else { throw format.unexpected("be pricebook/1") }
            }
            note { () throws(DocumentError) in allowsLarge = try root["allow_large"]?.boolean() ?? false }
            let reader = PriceFileReader(allowsLarge: allowsLarge)
            note { () throws(DocumentError) in _ = try reader.providers(root["providers"]) }
            note { () throws(DocumentError) in
                for model in try root["models"]?.sequence() ?? [] {
                    note { () throws(DocumentError) in _ = try reader.model(model) }
                }
            }
            note { () throws(DocumentError) in _ = try reader.aliases(root["aliases"]) }
            note { () throws(DocumentError) in _ = try reader.discounts(root["discount"]) }
            note { () throws(DocumentError) in _ = try reader.tenants(root["tenants"]) }
        }
        return mistakes
    }
}
