// SPDX-License-Identifier: Apache-2.0
import Documents

extension PriceBook {
    /// The text of one file.
    package struct Source: Sendable {
        /// The name under which errors speak of it.
        package let name: String
        package let bytes: [UInt8]

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// Lays price files over the embedded book.
    ///
    /// A file wins over those before it, and every file over the book, name by name. A file that the importer wrote is a
    /// whole book: it takes the place of the embedded one.
    ///
    /// - Parameter sources: The files, the strongest last.
    /// - Returns: The whole of it; an error in any file gives none of it.
    /// - Throws: ``PricingError`` for the first mistake, with file, line and how to mend it.
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

    /// This book with price files laid over it, in the place of those it has.
    ///
    /// - Parameter files: The files, the strongest last.
    /// - Returns: The new book; this one stays as it is.
    /// - Throws: ``PricingError`` for a name that means nothing or two things.
    package func with(_ files: [PriceFile]) throws(PricingError) -> PriceBook {
        do throws(DocumentError) {
            return try BookBuilder.build(base, files)
        } catch {
            throw .document(error)
        }
    }
}
