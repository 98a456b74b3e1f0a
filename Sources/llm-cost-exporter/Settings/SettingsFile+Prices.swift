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
            return PriceFileReference(path: folder + text, source: .file(item.position))
        }
    }

    /// Reads `shadow_books`, a list of `{name, files}`.
    static func shadowBooks(_ node: DocumentNode) throws -> [ShadowBookReference] {
        var (books, mistakes) = ([ShadowBookReference](), Mistakes())
        for item in try node.sequence() { mistakes.collect { books.append(try shadowBook(item, among: books)) } }
        try mistakes.check()
        guard books.count <= mostShadowBooks else {
            throw node.unacceptable("list at most \(mostShadowBooks) books, since each prices every call again")
        }
        return books
    }

    private static func shadowBook(
        _ item: DocumentNode, among books: [ShadowBookReference]
    ) throws -> ShadowBookReference {
        let mapping = try item.mapping(keys: ["name", "files"])
        let nameNode = try mapping.required("name")
        let name = try nameNode.string()
        guard (1...64).contains(name.utf8.count), !books.contains(where: { $0.name == name }) else {
            throw nameNode.unexpected("be a name of 1 to 64 bytes that no other book has")
        }
        return ShadowBookReference(name: name, files: try priceFiles(try mapping.required("files")))
    }

    private static let mostShadowBooks = 4
    private static let mostPriceFiles = 100

    /// Reads `prices.reported_cost`.
    static func reportedCosts(_ node: DocumentNode) throws -> ReportedCostPolicy {
        let mapping = try node.mapping(keys: ["default", "providers", "unknown_models"])
        var (policy, mistakes) = (ReportedCostPolicy(), Mistakes())
        mistakes.collect { if let standard = mapping["default"] { policy.standard = try choice(standard) } }
        mistakes.collect { if let unknown = mapping["unknown_models"] { policy.unknownModels = try choice(unknown) } }
        for entry in try mapping["providers"]?.mapping().entries ?? [] {
            mistakes.collect { policy.byProvider[entry.key] = try choice(entry.value) }
        }
        try mistakes.check()
        return policy
    }

    /// The lines of the providers in `prices.reported_cost`.
    static func reportedCostProviders(_ node: DocumentNode) -> [String: DocumentPosition] {
        guard let providers = try? node.mapping()["providers"]?.mapping().entries else { return [:] }
        return Dictionary(providers.map { ($0.key, $0.keyPosition) }) { first, _ in first }
    }
}

extension Settings {
    /// Adds the providers of `prices.reported_cost` that are no ids of the book.
    func checkProviders(of book: PriceBook, _ mistakes: inout Mistakes) {
        // With the files that could not be read, providers are missing.
        guard !unread.contains("prices.files") else { return }
        for (name, position) in reportedCostProviders.sorted(by: { $0.value.line < $1.value.line }) {
            let id = book.providerID(of: name)
            guard id != name else { continue }
            let remedy =
                id.map { "write its id, '\($0)'" } ?? "no provider of the price book has this id"
                + (book.provider(nearestTo: name).map { "; did you mean '\($0)'?" } ?? "")
            mistakes.add(
                SettingsError.invalid(.file(position), "'\(name)' in prices.reported_cost.providers: \(remedy)"))
        }
    }
}
