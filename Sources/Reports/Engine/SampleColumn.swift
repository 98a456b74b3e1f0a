// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger
import Pricing

/// A figure of single calls of which a question wants the values and not only the sum.
enum SampleColumn: Hashable, Sendable {
    case duration, timeToFirstToken
    /// From the first token to the end.
    case streaming
    case input, output, tokens
    /// Tokens of the answer, and all tokens, by second.
    case outputRate, tokenRate
    case cost

    /// A value is a number of units of 10^-`decimals`: of milliseconds, tokens, tokens by second or dollars.
    var decimals: Int {
        switch self {
        case .duration, .timeToFirstToken, .streaming: 3
        case .input, .output, .tokens: 0
        case .outputRate, .tokenRate: 6
        case .cost: 15
        }
    }

    /// The SQL of a call's value; `NULL` for a call without one.
    var expression: String {
        switch self {
        case .duration: "duration"
        case .timeToFirstToken: "first"
        case .streaming: "duration - first"
        case .input: Self.sum { $0.isInputSide }
        case .output: Self.sum { !$0.isInputSide }
        case .tokens: Self.sum { _ in true }
        // From tokens by microsecond; SQLite divides by zero to NULL.
        case .outputRate: "CAST(\(Self.sum { !$0.isInputSide }) * 1e12 / duration AS INT)"
        case .tokenRate: "CAST(\(Self.sum { _ in true }) * 1e12 / duration AS INT)"
        case .cost: "micros"
        }
    }

    /// The SQL of the rest that ``expression`` leaves out.
    var rest: String { self == .cost ? "rest" : "0" }

    private static func sum(_ isMeant: (TokenClass) -> Bool) -> String {
        "(" + TokenClass.allCases.filter(isMeant).map { "coalesce(\($0.name), 0)" }.joined(separator: " + ") + ")"
    }
}

/// The values of single calls, by group.
struct SampleTable {
    private let columns: [SampleColumn]
    /// By column, the groups and values in the order of the calls.
    private var groups: [[Int32]]
    private var values: [[Int128]]
    private var count = 0

    /// Not a setting: some 40 MB.
    private static let most = 2_000_000

    /// The error when there are more values.
    static let full = QuestionError(
        "query", "the answer needs more than \(most) values of single calls; choose a shorter period or a filter",
        example: "sum and avg instead of percentiles")

    init(_ columns: [SampleColumn]) {
        self.columns = columns
        groups = columns.map { _ in [] }
        values = columns.map { _ in [] }
    }

    /// Adds the values of a call.
    ///
    /// - Parameters:
    ///   - statement: The row, which has two columns for each of ours.
    ///   - first: The first of them.
    ///   - group: The group of the call.
    ///   - hasPrice: Whether a cost of 0 is a price.
    /// - Returns: Whether there was room for them.
    mutating func add(_ statement: RowStatement, from first: Int, to group: Int, hasPrice: Bool) -> Bool {
        for (index, column) in columns.enumerated() where column != .cost || hasPrice {
            guard let value = statement.numberIfAny(Int32(first + 2 * index)) else { continue }
            guard count < Self.most else { return false }
            count += 1
            groups[index].append(Int32(truncatingIfNeeded: group))
            values[index].append(
                column == .cost
                    ? Figures.dollars(value, statement.number(Int32(first + 2 * index + 1))).femtodollars
                    : Int128(value))
        }
        return true
    }

    /// The values of a column, sorted, by group.
    func sorted(_ column: SampleColumn) -> [Int: [Int128]] {
        guard let index = columns.firstIndex(of: column) else { return [:] }
        var found: [Int: [Int128]] = [:]
        for (group, value) in zip(groups[index], values[index]) { found[Int(group), default: []].append(value) }
        return found.mapValues { $0.sorted() }
    }
}
