// SPDX-License-Identifier: Apache-2.0
import GRDB
import Notation
import Pricing

/// Compares totals: those of the rows with the counters of the checkpoint, and with what is kept and removed.
struct CounterCheck {
    /// The counts of totals, by the names of their columns.
    static let columns = ["calls", "drops"] + CallColumns.classes
    /// The counts of totals in words.
    static let names = ["calls", "dropped spans"] + CallColumns.classes.map { "\($0) tokens" }

    /// The totals by their names.
    private(set) var totals: [String: CheckedSums] = [:]

    /// Reads the totals.
    ///
    /// - Parameter database: The rows.
    /// - Throws: What SQLite throws.
    init(_ database: Database) throws {
        let columns = Self.columns.joined(separator: ", ")
        let names = try String.fetchAll(database, sql: "SELECT what FROM totals ORDER BY what")
        let scan = try RowScan(database, "SELECT \(columns), micros, rest FROM totals ORDER BY what")
        for name in names {
            guard try scan.next() else { break }
            totals[name] = CheckedSums(scan, count: Self.columns.count)
        }
        scan.end()
    }

    /// A total; zero if it is missing.
    subscript(name: String) -> CheckedSums { totals[name] ?? CheckedSums(Self.columns.count) }

    /// The totals of all calls that became rows, counted or imported.
    var everAdded: CheckedSums {
        RowWriter.Account.allCases.reduce(CheckedSums(Self.columns.count)) { $0 + self[$1.rawValue] }
    }

    /// The totals when the counters were those of a checkpoint.
    ///
    /// - Parameters:
    ///   - number: The number of the checkpoint.
    ///   - database: The rows.
    /// - Returns: The totals; `nil` if the rows have not noted that number.
    /// - Throws: What SQLite throws.
    static func totals(at number: UInt64, _ database: Database) throws -> CheckedSums? {
        let scan = try RowScan(
            database,
            "SELECT \(columns.joined(separator: ", ")), micros, rest FROM totals_at WHERE number = ?")
        try scan.begin(Int64(bitPattern: number))
        defer { scan.end() }
        return try scan.next() ? CheckedSums(scan, count: columns.count) : nil
    }

    /// Compares the totals at a checkpoint with its counters.
    ///
    /// - Parameters:
    ///   - checkpoint: The checkpoint.
    ///   - noted: The totals at its number.
    ///   - position: The number up to which the journal is in the rows.
    ///   - findings: Gets what was found.
    func compare(
        _ checkpoint: Checkpoint, _ noted: CheckedSums, position: UInt64, _ findings: inout CheckFindings
    ) {
        var rows = noted + self["before"]
        // The counters of calls say nothing of dropped spans.
        rows.counts[1] = 0
        let counters = Self.counters(of: checkpoint)
        // Machines that are paid by the clock are in the counters, and rows that are further have more of them.
        let machines = self["machines"].femtodollars
        let rest = counters.femtodollars - rows.femtodollars
        if position == checkpoint.counted || rest < 0 || rest > machines {
            rows.femtodollars += machines
        } else {
            rows.femtodollars = counters.femtodollars
        }
        guard let difference = rows.difference(from: counters, Self.names) else {
            return findings.add(
                .counters, .ok,
                "the totals are the counters of the checkpoint at record \(checkpoint.counted): "
                    + "\(Plural.of(rows.counts[0], "call")), \(rows.dollars) dollars")
        }
        findings.add(
            .counters, .wrong,
            "the totals at record \(checkpoint.counted) differ from the counters of the checkpoint: \(difference)",
            remedy: CheckRemedy.rows)
    }

    /// The calls, tokens and dollars of the counters of a checkpoint.
    static func counters(of checkpoint: Checkpoint) -> CheckedSums {
        var sums = CheckedSums(columns.count)
        for family in checkpoint.families {
            switch family.name {
            case "llm_requests_total":
                for series in family.series { sums.counts[0] &+= Int64(clamping: series.value) }
            case "llm_tokens_used_total":
                guard let place = family.labels.firstIndex(of: "token_type") else { continue }
                for series in family.series {
                    guard let index = CallColumns.classes.firstIndex(of: series.labels[place]) else { continue }
                    sums.counts[2 + index] &+= Int64(clamping: series.value)
                }
            case "llm_cost_dollars_total":
                for series in family.series { sums.femtodollars &+= Int128(clamping: series.value) }
            default: break
            }
        }
        return sums
    }
}

extension CheckedSums {
    /// The money in dollars.
    var dollars: Dollars { Dollars(femtodollars: femtodollars) }
}
