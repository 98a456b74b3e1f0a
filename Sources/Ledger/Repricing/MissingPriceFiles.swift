// SPDX-License-Identifier: Apache-2.0
import GRDB
import Pricing

/// Price files by which stored calls were priced, and which a repricing does not have.
///
/// Without them, the repricing would take their prices back: those of a contract, for instance.
package struct MissingPriceFiles: Sendable, Equatable {
    /// Without folders, sorted.
    package let names: [String]
    /// The number of calls of the period that were priced by one of them.
    package let calls: Int64

    /// Looks for such files.
    ///
    /// The price of a call is that of the latest repricing that changed its cost, and without one that by which it was counted.
    ///
    /// - Parameters:
    ///   - label: The label of the book that the repricing has.
    ///   - ids: The calls' ids.
    ///   - accepts: Whether calls of a model are meant, by the name that `/metrics` shows.
    ///   - database: The connection.
    /// - Returns: The files; `nil` if the repricing has all.
    /// - Throws: What SQLite throws.
    static func find(
        _ label: String, ids: Range<Int64>, accepts: (String) -> Bool, _ database: Database
    ) throws -> MissingPriceFiles? {
        let own = PriceBook.fileNames(inLabel: label)
        var known: [String: [String]] = [:]
        func missing(_ label: String) -> [String] {
            if let names = known[label] { return names }
            var rest = own
            // Two folders may have files of one name, and each of them counts.
            let names = PriceBook.fileNames(inLabel: label).filter { name in
                guard let index = rest.firstIndex(of: name) else { return true }
                rest.remove(at: index)
                return false
            }
            known[label] = names
            return names
        }
        // There are few books; calls are read only if one of them has a missing file.
        let books = try String.fetchAll(database, sql: RepricingSchema.books)
        guard books.contains(where: { !missing($0).isEmpty }) else { return nil }
        var (names, calls) = (Set<String>(), Int64(0))
        let groups = try Row.fetchCursor(
            database, sql: RepricingSchema.pricedBy, arguments: [ids.lowerBound, ids.upperBound])
        while let group = try groups.next() {
            let files = missing((group[1] as String?) ?? "")
            guard !files.isEmpty, accepts((group[0] as String?) ?? "") else { continue }
            names.formUnion(files)
            calls += group[2]
        }
        return calls == 0 ? nil : MissingPriceFiles(names: names.sorted(), calls: calls)
    }
}
