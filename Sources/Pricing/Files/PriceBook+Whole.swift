// SPDX-License-Identifier: Apache-2.0

/// Whole books, as the importer writes them.
extension PriceBook {
    /// Whether a file is a whole book, which replaces the embedded one, and no price file over it.
    ///
    /// - Parameter bytes: The content of the file; whether it is a sound book is not checked.
    /// - Returns: Whether it begins as one.
    package static func isWhole(_ bytes: [UInt8]) -> Bool { BaseBook.isWholeBook(bytes) }

    /// The ids of all models; those of tenants' own models included.
    package var modelIDs: Set<String> { Set((0..<modelCount).map { id(ofModel: $0) }) }

    /// Reads every model of the book.
    ///
    /// - Returns: One sentence for each model that cannot be read.
    package func mistakes() -> [String] {
        (0..<base.index.modelCount).compactMap { number in
            do throws(PricingError) {
                _ = try checkedModel(number)
                return nil
            } catch {
                return error.description
            }
        }
    }
}
