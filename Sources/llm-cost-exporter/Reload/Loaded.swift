// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Documents
import Pricing

/// The settings and the prices that they name, read from files and checked as a whole.
struct Loaded {
    var settings: Settings
    /// The prices in force: the embedded book with the price files laid over it.
    let book: PriceBook
    /// The books by which calls are priced a second time, for comparison.
    let shadowBooks: [ShadowPrices.Book]

    /// All books by which calls are priced, the one in force first.
    var books: [PriceBook] { [book] + shadowBooks.map(\.book) }

    /// The tenants of each book.
    var tenants: [Tenants] { [book.tenants] + shadowBooks.map(\.book.tenants) }

    /// Reads everything.
    ///
    /// - Parameters:
    ///   - file: The flag that names the settings file.
    ///   - flags: Flags that win over the file.
    ///   - files: Gets the files that were read, also if reading fails.
    /// - Throws: The first mistake, with file, line and what to do.
    init(_ file: ConfigFileFlag, flags: ServeFlags? = nil, noting files: inout FileStamps) throws {
        settings = try file.settings(noting: &files)
        try flags?.apply(to: &settings)
        try settings.validate()
        book = try Self.book(settings.priceFiles, noting: &files)
        var shadowBooks: [ShadowPrices.Book] = []
        for shadow in settings.shadowBooks {
            shadowBooks.append(
                ShadowPrices.Book(name: shadow.name, book: try Self.book(shadow.files, noting: &files)))
        }
        self.shadowBooks = shadowBooks
    }

    /// Reads everything, for a command that does not reload.
    ///
    /// - Parameter file: The flag that names the settings file.
    /// - Throws: The first mistake, with file, line and what to do.
    init(_ file: ConfigFileFlag) throws {
        var files = FileStamps()
        try self.init(file, noting: &files)
    }

    private static func book(
        _ references: [PriceFileReference], noting files: inout FileStamps
    ) throws -> PriceBook {
        var sources: [PriceBook.Source] = []
        for reference in references {
            guard let bytes = files.read(reference.path) else {
                throw SettingsError.unreadablePrices(reference.position, reference.path)
            }
            sources.append(PriceBook.Source(name: reference.path, bytes: bytes))
        }
        return try PriceBook.load(sources)
    }

    /// One note for each price that depends on the clock, for commands without one.
    var clockNotes: [String] {
        let books = [(name: "", book: book)] + shadowBooks.map { (name: "shadow book \($0.name): ", book: $0.book) }
        return books.flatMap { name, book in book.meteredModels.map { name + HostedModel.clockNote($0.model) } }
    }
}
