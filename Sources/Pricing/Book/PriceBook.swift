// SPDX-License-Identifier: Apache-2.0
import Documents

/// The prices of models, and the names of models and providers: a book, and price files laid over it.
package final class PriceBook: Sendable {
    /// The book's version, age and sources.
    package let header: BookHeader
    /// The price files laid over the book, in the order in which they were read.
    package let files: [PriceFile.Summary]
    /// The tenants: groups of calls with prices of their own.
    package let tenants: Tenants
    /// Suspicious figures in the price files that may be right, one sentence for each.
    package let warnings: [String]
    /// The models of price files on the operator's own machines: first those for all calls in the order of the files, each id
    /// once, then those of tenants.
    package let hostedModels: [HostedModel]
    let base: BaseBook
    let providers: ProviderTable
    /// The models of price files; their numbers follow those of the book.
    let added: [PriceModel]
    /// The price files' models and aliases for all calls.
    let layer: PriceLayer
    /// The values of facts on which some price depends.
    let spoken: SpokenFacts

    init(
        base: BaseBook, files: [PriceFile.Summary] = [], tenants: Tenants = Tenants(), warnings: [String] = [],
        providers: ProviderTable, added: [PriceModel] = [], layer: PriceLayer = PriceLayer(),
        hostedModels: [HostedModel] = []
    ) {
        self.base = base
        header = base.header
        self.files = files
        self.tenants = tenants
        self.warnings = warnings
        self.providers = providers
        self.added = added
        self.layer = layer
        self.hostedModels = hostedModels
        spoken = added.reduce(into: base.index.spoken) { $0.add($1) }
    }

    /// Opens the book that is part of the program.
    ///
    /// - Throws: ``PricingError`` if the program was built with a malformed book.
    package static func embedded() throws(PricingError) -> PriceBook {
        PriceBook(whole: try BaseBook(text: .embedded, file: "pricebook.json"))
    }

    /// Opens a book with one model on each line, as the importer writes it.
    ///
    /// - Parameters:
    ///   - bytes: The book's JSON text.
    ///   - file: The file name in error messages.
    /// - Throws: ``PricingError`` for a malformed header or layout; models are read later.
    package convenience init(json bytes: [UInt8], file: String = "pricebook.json") throws(PricingError) {
        self.init(whole: try BaseBook(text: .bytes(bytes), file: file))
    }

    private convenience init(whole base: BaseBook) {
        self.init(
            base: base, providers: ProviderTable(header: base.header, bookProviders: base.index.providers))
    }

    /// The number of models, including those of price files.
    package var modelCount: Int { base.index.modelCount + added.count }

    /// The number of names in the book, without those of price files.
    package var nameCount: Int { base.index.nameCount }

    /// Whether some model is billed by the time that calls take.
    package var chargesTime: Bool { added.contains { $0.hosted?.mode == .busyTime } }

    /// The model of a number.
    ///
    /// - Parameter number: From 0 to ``modelCount`` - 1: those of the book in the order of its lines, then those of
    ///   price files.
    /// - Returns: The model, read now or earlier.
    /// - Throws: ``PricingError/document(_:)`` if the model's line is malformed.
    package func model(_ number: Int) throws(PricingError) -> PriceModel {
        number < base.index.modelCount ? try base.model(number) : added[number - base.index.modelCount]
    }

    /// Reads a model of the book afresh, for checks of the book itself.
    ///
    /// - Throws: ``PricingError/document(_:)`` if the model's line is malformed or has unknown keys.
    package func checkedModel(_ number: Int) throws(PricingError) -> PriceModel {
        try base.decode(number, unknownKeys: .refused)
    }

    /// Whether a model comes from a price file.
    func isAdded(_ model: Int) -> Bool { model >= base.index.modelCount }

    /// The id of a model, taken from its line without decoding it.
    func id(ofModel number: Int) -> String {
        isAdded(number) ? added[number - base.index.modelCount].id : base.id(ofModel: number)
    }
}
