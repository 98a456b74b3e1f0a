// SPDX-License-Identifier: Apache-2.0
import Documents
import Pricing

// Reads the settings about prices.
extension SettingsFile {
    /// Reads `prices.files`; paths are relative to the settings file.
    static func priceFiles(_ node: DocumentNode) throws -> [PriceFileReference] {
        let items = try node.sequence()
        guard items.count <= mostPriceFiles else { throw node.unacceptable("list at most \(mostPriceFiles) files") }
        return try items.map { item in
            let text = try item.string()
            guard !text.isEmpty else { throw item.unexpected("be the path of a YAML or JSON file") }
            let file = node.position.file
            let folder =
                text.hasPrefix("/")
                ? "" : file[..<(file.lastIndex(of: "/").map { file.index(after: $0) } ?? file.startIndex)]
            return PriceFileReference(path: folder + text, position: item.position)
        }
    }

    /// Reads `shadow_books`, a list of `{name, files}`.
    static func shadowBooks(_ node: DocumentNode) throws -> [ShadowBookReference] {
        var books: [ShadowBookReference] = []
        for item in try node.sequence() {
            let mapping = try item.mapping(keys: ["name", "files"])
            let nameNode = try mapping.required("name")
            let name = try nameNode.string()
            guard (1...64).contains(name.utf8.count), !books.contains(where: { $0.name == name }) else {
                throw nameNode.unexpected("be a name of 1 to 64 bytes that no other book has")
            }
            books.append(ShadowBookReference(name: name, files: try priceFiles(try mapping.required("files"))))
        }
        guard books.count <= mostShadowBooks else {
            throw node.unacceptable("list at most \(mostShadowBooks) books, since each prices every call again")
        }
        return books
    }

    private static let mostShadowBooks = 4
    private static let mostPriceFiles = 100

    /// Reads `prices.reported_cost`.
    static func reportedCosts(_ node: DocumentNode) throws -> ReportedCostPolicy {
        let mapping = try node.mapping(keys: ["default", "providers", "unknown_models"])
        var policy = ReportedCostPolicy()
        if let standard = mapping["default"] { policy.standard = try choice(standard) }
        if let unknown = mapping["unknown_models"] { policy.unknownModels = try choice(unknown) }
        for entry in try mapping["providers"]?.mapping().entries ?? [] {
            policy.byProvider[entry.key] = try choice(entry.value)
        }
        return policy
    }
}
