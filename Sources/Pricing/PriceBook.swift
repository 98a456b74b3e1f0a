// SPDX-License-Identifier: Apache-2.0
import Documents
import Synchronization

/// What models cost, and by which names they and their providers are known.
///
/// A book is read in two steps: where each model stands when it is opened, and a model's prices when it is first asked
/// for. A model that was read is kept.
package final class PriceBook: Sendable {
    /// The book's version, age and sources.
    package let header: BookHeader
    let providers: ProviderTable
    private let text: BookText
    private let index: BookIndex
    private let file: String
    /// At most one entry a model of the book.
    private let decoded = Mutex<[Int: PriceModel]>([:])

    /// Opens the book that is part of the program.
    ///
    /// - Throws: ``PricingError`` when the program was built with a broken book.
    package static func embedded() throws(PricingError) -> PriceBook {
        try PriceBook(text: .embedded, file: "pricebook.json")
    }

    /// Opens a book laid out one model a line, as the importer writes it.
    ///
    /// - Parameters:
    ///   - bytes: The book's JSON text.
    ///   - file: The name under which errors speak of it.
    /// - Throws: ``PricingError`` for a broken header or layout; models are read later.
    package convenience init(json bytes: [UInt8], file: String = "pricebook.json") throws(PricingError) {
        try self.init(text: .bytes(bytes), file: file)
    }

    private init(text: BookText, file: String) throws(PricingError) {
        self.text = text
        self.file = file
        index = try text.withSpan { (span) throws(PricingError) in try BookIndex(span, file: file) }
        let headerRange = index.header
        let headerText = text.withSpan { HeaderText.reduced($0, to: headerRange) }
        do {
            header = try BookHeader(try Document.parse(headerText, file: file))
        } catch {
            throw .document(error)
        }
        providers = ProviderTable(header: header, index: index)
    }

    /// How many models the book has.
    package var modelCount: Int { index.modelCount }

    /// How many names the models have together.
    package var nameCount: Int { index.nameCount }

    /// The model at a place in the book.
    ///
    /// - Parameter number: From 0 to ``modelCount`` - 1, in the order of the ids.
    /// - Returns: The model, read now or earlier.
    /// - Throws: ``PricingError/document(_:)`` when the model's line is broken.
    package func model(_ number: Int) throws(PricingError) -> PriceModel {
        if let known = decoded.withLock({ $0[number] }) { return known }
        let model = try decode(number, unknownKeys: .ignored)
        decoded.withLock { $0[number] = model }
        return model
    }

    /// Reads a model afresh, for checks of the book itself.
    ///
    /// - Throws: ``PricingError/document(_:)`` when the model's line is broken or has unknown keys.
    package func checkedModel(_ number: Int) throws(PricingError) -> PriceModel {
        try decode(number, unknownKeys: .refused)
    }

    /// The model of a provider that lists a name, or `nil`.
    func model(provider: UInt16, name: String) -> Int? {
        text.withSpan { index.model(provider: provider, name: name, in: $0) }
    }

    /// The model with an id, or `nil`.
    func model(id: String) -> Int? { text.withSpan { index.model(id: id, in: $0) } }

    /// The models of a provider that have rules for names.
    func patternModels(provider: UInt16) -> [Int] { index.patternModels(provider: provider) }

    private func decode(_ number: Int, unknownKeys: PriceModel.UnknownKeys) throws(PricingError) -> PriceModel {
        let line = index.line(ofModel: number)
        do {
            let node = try Document.parse(text.string(in: line.range), file: file, firstLine: line.number)
            return try PriceModel(node, unknownKeys: unknownKeys)
        } catch {
            throw .document(error)
        }
    }
}
