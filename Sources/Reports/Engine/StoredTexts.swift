// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger

/// The texts of one question, each read once.
final class StoredTexts {
    private let session: RowSession
    private var texts: [Int64: String] = [:]

    /// Bounds memory; the texts of a question with more are read again.
    private static let most = 300_000

    init(_ session: RowSession) { self.session = session }

    /// The text with a number; empty for 0 and for a text that has gone.
    func text(_ id: Int64) throws(RowReadingError) -> String {
        guard id != 0 else { return "" }
        if let known = texts[id] { return known }
        let statement = try session.statement(Statements.text).bind(id)
        let text = try statement.next() ? statement.text(0) : ""
        if texts.count >= Self.most { texts.removeAll() }
        texts[id] = text
        return text
    }

    /// The number of a value of a dimension; `nil` for one that no call has.
    ///
    /// - Parameter value: The value, as senders write it: it is looked for as the ledger keeps it.
    /// - Returns: The number.
    /// - Throws: ``RowReadingError``.
    func number(ofValue value: String) throws(RowReadingError) -> Int64? {
        try session.number(ofText: DimensionText.kept(value))
    }
}
