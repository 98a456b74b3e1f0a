// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Documents
import Notation
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
    ///   - file: The settings file, with what names it; without one, the settings are the defaults.
    ///   - prices: The flag that names price files instead of those of the settings.
    ///   - flags: Flags that win over the file.
    ///   - files: Gets the files that were read, also if reading fails.
    /// - Throws: The mistake, with its source and what to do; ``Mistakes`` for several.
    init(
        _ file: FlagValue?, prices: OwnPricesFlag? = nil, flags: ServeFlags? = nil, noting files: inout FileStamps
    ) throws {
        var (settings, mistakes) = (Settings(), Mistakes())
        if let file {
            mistakes.collect {
                try SettingsFile.read(file.text, namedBy: file.source, into: &settings, noting: &files)
            }
        }
        prices?.apply(to: &settings)
        flags?.apply(to: &settings, noting: &mistakes)
        for mistake in settings.mistakes() { mistakes.add(mistake) }
        let book = Self.book(settings.priceFiles, noting: &files, &mistakes)
        var shadowBooks: [ShadowPrices.Book] = []
        for shadow in settings.shadowBooks {
            guard let book = Self.book(shadow.files, noting: &files, &mistakes) else { continue }
            shadowBooks.append(ShadowPrices.Book(name: shadow.name, book: book))
        }
        if let book { settings.checkProviders(of: book, &mistakes) }
        try mistakes.check()
        guard let book else { throw mistakes }
        (self.settings, self.book, self.shadowBooks) = (settings, book, shadowBooks)
    }

    /// Reads everything, for a command that does not reload, and warns of variables that are not read.
    ///
    /// - Parameters:
    ///   - file: The flag that names the settings file.
    ///   - prices: The flag that names price files instead of those of the settings.
    /// - Throws: The mistake, with its source and what to do; ``Mistakes`` for several.
    init(_ file: ConfigFileFlag, prices: OwnPricesFlag? = nil) throws {
        for variable in UnknownVariable.all() { StandardError.write("warning: \(ShownText.escaped("\(variable)"))\n") }
        var files = FileStamps()
        try self.init(file.value, prices: prices, noting: &files)
    }

    private static func book(
        _ references: [PriceFileReference], noting files: inout FileStamps, _ mistakes: inout Mistakes
    ) -> PriceBook? {
        var sources: [PriceBook.Source] = []
        for reference in references {
            do throws(FileFault) {
                sources.append(PriceBook.Source(name: reference.path, bytes: try files.read(reference.path)))
            } catch {
                mistakes.add(SettingsError.unreadablePrices(reference.path, error, namedBy: reference.source))
            }
        }
        guard sources.count == references.count else { return nil }
        do throws(PricingError) {
            return try PriceBook.load(sources)
        } catch {
            for mistake in PriceBook.mistakes(in: sources) { mistakes.add(mistake) }
            return nil
        }
    }

    /// One note for each price that depends on the clock, for commands without one.
    var clockNotes: [String] {
        let books = [(name: "", book: book)] + shadowBooks.map { (name: "shadow book \($0.name): ", book: $0.book) }
        return books.flatMap { name, book in book.meteredModels.map { name + HostedModel.clockNote($0.model) } }
    }
}
