// SPDX-License-Identifier: Apache-2.0
import Ledger

/// The dimensions that are kept with calls, and the values of the sets that calls name.
final class StoredDimensions {
    /// A dimension.
    struct Entry {
        let id: Int64
        let name: String
        let hasRollup: Bool
    }

    let entries: [Entry]
    private let session: RowSession
    /// The values of the wanted dimensions of the sets that were met.
    private var sets: [Int64: [Int64]] = [:]
    private var wanted: [Int64] = []
    /// The index of the session among the wanted ones; calls have it beside their set.
    private(set) var sessionPlace: Int?

    /// Bounds memory: some 50 MB.
    private static let mostSets = 400_000

    /// No row has it.
    private static let idOfNone: Int64 = -1

    /// - Parameters:
    ///   - session: The rows.
    ///   - settings: Further dimensions, of which calls that are yet to come may have values.
    /// - Throws: ``RowReadingError``.
    init(_ session: RowSession, settings: [RowTexts.Dimension]) throws(RowReadingError) {
        self.session = session
        var entries: [Entry] = []
        let statement = try session.statement(Statements.dimensions)
        while try statement.next() {
            entries.append(
                Entry(id: statement.number(0), name: statement.text(1), hasRollup: statement.number(2) != 0))
        }
        for dimension in settings where !entries.contains(where: { $0.name == dimension.name }) {
            entries.append(Entry(id: Self.idOfNone, name: dimension.name, hasRollup: dimension.hasRollup))
        }
        self.entries = entries
    }

    /// The dimension with a name.
    func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

    /// Chooses the dimensions whose values are wanted.
    func want(_ names: [String]) {
        wanted = names.map { entry($0)?.id ?? Self.idOfNone }
        sessionPlace = names.firstIndex(of: RowDimension.session)
        sets.removeAll()
    }

    /// The numbers of the values that a set and a session have for the wanted dimensions, in their order; 0 where there is none.
    func values(ofSet set: Int64, session: Int64) throws(RowReadingError) -> [Int64] {
        var values = try self.values(ofSet: set)
        if let sessionPlace { values[sessionPlace] = session }
        return values
    }

    private func values(ofSet set: Int64) throws(RowReadingError) -> [Int64] {
        guard set != 0 else { return wanted.map { _ in 0 } }
        if let known = sets[set] { return known }
        var values = wanted.map { _ in Int64(0) }
        let statement = try session.statement(Statements.set).bind(set)
        while try statement.next() {
            if let index = wanted.firstIndex(of: statement.number(0)) { values[index] = statement.number(1) }
        }
        if sets.count >= Self.mostSets { sets.removeAll() }
        sets[set] = values
        return values
    }
}
