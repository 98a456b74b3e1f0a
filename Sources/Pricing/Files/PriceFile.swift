// SPDX-License-Identifier: Apache-2.0
package import Documents

/// A price file: prices that a person wrote in the format `pricebook/1`, read strictly.
///
/// Reading a file does not resolve names; laying it over a book does.
package struct PriceFile: Sendable {
    /// A summary of a file in force.
    package struct Summary: Sendable, Equatable {
        /// The file's name as given.
        package let name: String
        /// The version that the file states; may be empty.
        package let version: String
        /// The number of models and aliases, including those of tenants.
        package let models: Int
        package let aliases: Int
        package let tenants: Int
        /// The number of discounts for all calls.
        package let discounts: Int

        /// What the file has, in words; discounts only if there are some.
        package var contents: String {
            "\(models) models, \(aliases) aliases, \(tenants) tenants"
                + (discounts > 0 ? ", \(discounts) discounts" : "")
        }
    }

    /// A model as written, with the positions of the parts that are checked later.
    struct Model: Sendable {
        let node: DocumentNode
        let id: DocumentNode
        let provider: DocumentNode?
        /// The names with their positions; `nil` when none are given.
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

    /// A tenant: a group of calls with prices of its own.
    struct Tenant: Sendable {
        let name: String
        let conditions: [Tenants.Attribute: Set<String>]
        let discounts: [Discount]
        let models: [Model]
        let aliases: [Alias]
        /// What looks odd in the conditions, one sentence for each.
        let warnings: [String]
    }

    /// The file's name as given.
    package let name: String
    let version: String
    let providers: [(node: DocumentNode, provider: BookHeader.Provider)]
    let gateways: [String]
    let models: [Model]
    let aliases: [Alias]
    /// Factors for the calls of everybody.
    let discounts: [Discount]
    let tenants: [Tenant]

    /// A summary of the file.
    package var summary: Summary {
        Summary(
            name: name, version: version, models: models.count + tenants.reduce(0) { $0 + $1.models.count },
            aliases: aliases.count + tenants.reduce(0) { $0 + $1.aliases.count }, tenants: tenants.count,
            discounts: discounts.count)
    }

    /// The largest number of providers in one file.
    static let providerLimit = 1000

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - text: YAML or JSON.
    ///   - file: The file name in error messages.
    /// - Throws: ``DocumentError`` for the first mistake, with its line and what to do.
    package init(_ text: String, file: String) throws(DocumentError) {
        let document = try Document.parse(text, file: file)
        if let error = ForeignFormat.error(for: document) { throw error }
        let root = try document.mapping(keys: Self.keys)
        let format = try root.required("format")
        guard try format.string() == "pricebook/1" else { throw format.unexpected("be pricebook/1") }
        if let currency = root["currency"], try currency.string() != "USD" { throw currency.unexpected("be USD") }
        name = file
        version = try root["version"]?.string() ?? ""
        for source in try root["sources"]?.sequence() ?? [] {
            _ = try source.mapping(keys: PriceFileFormat.source)
        }
        let reader = PriceFileReader(allowsLarge: try root["allow_large"]?.boolean() ?? false)
        providers = try reader.providers(root["providers"])
        gateways = try root["gateways"]?.strings().map { $0.lowercased() } ?? []
        models = try reader.models(root["models"])
        aliases = try reader.aliases(root["aliases"])
        discounts = try reader.discounts(root["discount"])
        tenants = try reader.tenants(root["tenants"])
    }

    static var keys: [String] { PriceFileFormat.file }
}
