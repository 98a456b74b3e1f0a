// SPDX-License-Identifier: Apache-2.0
package import Documents

/// A file of prices that a person wrote: the format `pricebook/1`, read strictly.
///
/// A file is read on its own first; names are resolved when it is laid over a book.
package struct PriceFile: Sendable {
    /// What there is to tell of a file that is in force.
    package struct Summary: Sendable, Equatable {
        /// The file's name as given.
        package let name: String
        /// The version that the file gives itself; empty when it gives none.
        package let version: String
        /// How many models and aliases it has, those of tenants included.
        package let models: Int
        package let aliases: Int
        package let tenants: Int
    }

    /// A model as written, with the places of what is checked later.
    struct Model: Sendable {
        let node: DocumentNode
        let id: DocumentNode
        let provider: DocumentNode?
        /// The names with their places; `nil` when none are given.
        let names: [DocumentNode]?
        let patterns: [NamePattern]
        let kind: String?
        let prices: [PriceEntry]
        let variants: [PriceVariant]
        let multipliers: [PriceMultiplier]
        let hosted: HostedPrice?
    }

    /// Another name for a model.
    struct Alias: Sendable {
        let provider: DocumentNode
        let name: DocumentNode
        let target: DocumentNode
        let billionths: Int64
    }

    /// A factor for some of the models.
    struct Discount: Sendable {
        let provider: DocumentNode?
        let model: DocumentNode?
        let billionths: Int64
    }

    /// Somebody with prices of their own.
    struct Tenant: Sendable {
        let name: String
        let conditions: [Tenants.Attribute: Set<String>]
        let discounts: [Discount]
        let models: [Model]
        let aliases: [Alias]
    }

    /// The file's name as given.
    package let name: String
    let version: String
    let providers: [(node: DocumentNode, provider: BookHeader.Provider)]
    let gateways: [String]
    let models: [Model]
    let aliases: [Alias]
    let tenants: [Tenant]

    /// What there is to tell of the file.
    package var summary: Summary {
        Summary(
            name: name, version: version, models: models.count + tenants.reduce(0) { $0 + $1.models.count },
            aliases: aliases.count + tenants.reduce(0) { $0 + $1.aliases.count }, tenants: tenants.count)
    }

    /// The most providers that one file may have.
    static let providerLimit = 1000

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - text: YAML or JSON.
    ///   - file: The name under which errors speak of it.
    /// - Throws: ``DocumentError`` for the first mistake, with its line and how to mend it.
    package init(_ text: String, file: String) throws(DocumentError) {
        let root = try Document.parse(text, file: file).mapping(keys: Self.keys)
        let format = try root.required("format")
        guard try format.string() == "pricebook/1" else { throw format.unexpected("be pricebook/1") }
        if let currency = root["currency"], try currency.string() != "USD" { throw currency.unexpected("be USD") }
        name = file
        version = try root["version"]?.string() ?? ""
        for source in try root["sources"]?.sequence() ?? [] {
            _ = try source.mapping(keys: ["name", "version", "retrieved", "licence"])
        }
        let reader = PriceFileReader(allowsLarge: try root["allow_large"]?.boolean() ?? false)
        providers = try reader.providers(root["providers"])
        gateways = try root["gateways"]?.strings().map { $0.lowercased() } ?? []
        models = try reader.models(root["models"])
        aliases = try reader.aliases(root["aliases"])
        tenants = try reader.tenants(root["tenants"])
    }

    private static let keys = [
        "format", "version", "date", "currency", "sources", "allow_large", "gateways", "providers", "models", "aliases",
        "tenants",
    ]
}
