// SPDX-License-Identifier: Apache-2.0
import Documents

extension PriceBook {
    /// The text of one file.
    package struct Source: Sendable {
        /// The file name in error messages.
        package let name: String
        package let bytes: [UInt8]

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// Lays price files over the embedded book.
    ///
    /// For each name, a later file takes precedence over earlier ones, and every file over the book. A file that the importer
    /// wrote is a whole book and replaces the embedded one.
    ///
    /// - Parameter sources: The files; later ones take precedence.
    /// - Returns: The book with all files.
    /// - Throws: ``PricingError`` for the first mistake in any file, with file, line and what to do.
    package static func load(_ sources: [Source]) throws(PricingError) -> PriceBook {
        var base: BaseBook?
        var files: [PriceFile] = []
        for source in sources {
            if BaseBook.isWholeBook(source.bytes) {
                base = try BaseBook(text: .bytes(source.bytes), file: source.name)
                continue
            }
            do throws(DocumentError) {
                guard let text = String(validating: source.bytes, as: UTF8.self) else {
                    let start = DocumentPosition(file: source.name, line: 1, column: 1)
                    throw DocumentError.syntax(start, problem: "the text is not UTF-8")
                }
                files.append(try PriceFile(text, file: source.name))
            } catch {
                throw .document(error)
            }
        }
        let below = if let base { base } else { try BaseBook(text: .embedded, file: "pricebook.json") }
        do throws(DocumentError) {
            return try BookBuilder.build(below, files)
        } catch {
            throw .document(error)
        }
    }

    /// The mistakes in price files that ``load(_:)`` refuses.
    ///
    /// - Parameter sources: The files.
    /// - Returns: The mistakes of each file by itself; if there is none, the one that the files have together.
    package static func mistakes(in sources: [Source]) -> [PricingError] {
        let mistakes = sources.filter { !BaseBook.isWholeBook($0.bytes) }.flatMap { source in
            String(validating: source.bytes, as: UTF8.self).map { PriceFile.mistakes(in: $0, file: source.name) } ?? []
        }
        if !mistakes.isEmpty { return mistakes.map(PricingError.document) }
        do throws(PricingError) {
            _ = try load(sources)
            return []
        } catch {
            return [error]
        }
    }

    /// This book with price files laid over it, which replace its present ones.
    ///
    /// - Parameter files: The files; later ones take precedence.
    /// - Returns: The new book; this one stays as it is.
    /// - Throws: ``PricingError`` for a name that is unknown or ambiguous.
    package func with(_ files: [PriceFile]) throws(PricingError) -> PriceBook {
        do throws(DocumentError) {
            return try BookBuilder.build(base, files)
        } catch {
            throw .document(error)
        }
    }
}
