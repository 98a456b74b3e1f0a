// SPDX-License-Identifier: Apache-2.0
import Ledger

/// The identity of traces whose rows single calls name.
///
/// A trace that goes on after a long pause has a second row; both are one trace here.
final class StoredTraces {
    private struct Identity: Hashable {
        let high: Int64
        let low: Int64
    }

    private let session: RowSession
    private var firsts: [Int64: Int64] = [:]
    private var identities: [Int64: Identity] = [:]
    private var known: [Identity: Int64] = [:]

    init(_ session: RowSession) { self.session = session }

    /// The row of a trace that was met first.
    ///
    /// - Parameter row: The id of any of its rows.
    /// - Returns: The id of that row.
    /// - Throws: ``RowReadingError``.
    func first(of row: Int64) throws(RowReadingError) -> Int64 {
        if let known = firsts[row] { return known }
        let statement = try session.statement(Statements.traceID).bind(row)
        let isThere = try statement.next()
        let identity = Identity(high: isThere ? statement.number(0) : 0, low: isThere ? statement.number(1) : row)
        let first = known[identity] ?? row
        firsts[row] = first
        known[identity] = first
        identities[first] = identity
        return first
    }

    /// The trace id in hexadecimal digits.
    func text(_ first: Int64) -> String {
        identities[first].map { HexID.trace(high: $0.high, low: $0.low) } ?? ""
    }
}

/// Ids of traces and spans as text.
enum HexID {
    static func trace(high: Int64, low: Int64) -> String { span(high) + span(low) }

    static func span(_ id: Int64) -> String {
        let digits = String(UInt64(bitPattern: id), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Reads sixteen hexadecimal digits.
    static func number(_ text: Substring) -> Int64? {
        guard text.utf8.count == 16, text.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else {
            return nil
        }
        return UInt64(text, radix: 16).map { Int64(bitPattern: $0) }
    }

    /// Reads the id of a trace, 32 hexadecimal digits.
    static func trace(_ text: String) -> (high: Int64, low: Int64)? {
        guard text.utf8.count == 32, let high = number(text.prefix(16)), let low = number(text.suffix(16)) else {
            return nil
        }
        return (high, low)
    }
}
