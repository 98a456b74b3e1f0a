// SPDX-License-Identifier: Apache-2.0
import Dispatch
import GenAI
import Notation
import Pricing

/// Reads the journal as a start would, without changing anything, and compares where it begins and ends with checkpoint and rows.
struct JournalCheck {
    /// What the journal has.
    struct Found {
        var first: UInt64?
        var last: UInt64 = 0
        var bytes = 0
        var tornBytes = 0
        var segments = 0
    }

    /// Reads and decodes all records.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - checkpoint: Its checkpoint, with the vocabularies of the records.
    /// - Returns: What was found.
    /// - Throws: ``JournalError`` if a start would refuse the journal.
    static func read(_ folder: any StorageFolder, _ checkpoint: Checkpoint) throws(JournalError) -> Found {
        // Tables of their own: nothing that is learnt here is used.
        let symbols = SymbolTable(limits: [:], salt: 0)
        let attributions = AttributionTable(symbols: symbols)
        var meanings = RecordMeanings(
            symbols: symbols, attributions: attributions, tenants: TenantTable([], symbols: symbols))
        var reading = JournalReading(folder)
        try reading.read(now: DispatchTime.now().uptimeNanoseconds) {
            meanings.beginSegment()
        } _: { (kind, _, record) throws(MalformedRecord) in
            var record = record
            if kind == .definitions { return try meanings.read(&record) }
            guard kind.isNumbered else { return }
            try meanings.readDefinitions(of: &record)
            if kind == .arrivals { _ = try ArrivalRecord(&record, &meanings) }
            if kind == .decisions { _ = try DecisionRecord(&record, &meanings) }
            if kind == .prices { _ = try PriceRecord(&record, meanings) }
            if kind == .charges { _ = try ChargeRecord(&record) }
        }
        return Found(
            first: reading.first, last: reading.past.nextNumber - 1, bytes: reading.bytes,
            tornBytes: reading.tornBytes, segments: reading.past.segments.count)
    }

    /// Compares the ends of the journal.
    ///
    /// - Parameters:
    ///   - found: What the journal has.
    ///   - position: The number up to which its records are in the rows; `nil` without rows.
    ///   - counted: The number up to which they are in the checkpoint; `nil` without one.
    ///   - findings: Gets what was found.
    static func compare(
        _ found: Found, position: UInt64?, counted: UInt64?, _ findings: inout CheckFindings
    ) {
        let before = findings.all.count
        if let counted, found.last < counted {
            findings.add(
                .journal, .wrong,
                "the journal ends with record \(found.last), and the checkpoint has the counters up to record \(counted)",
                remedy: CheckRemedy.folder)
        }
        if let position, found.last < position {
            findings.add(
                .journal, .wrong,
                "the journal ends with record \(found.last), and the rows have those up to record \(position): the disk lost stored "
                    + "data", remedy: CheckRemedy.folder)
        }
        if let first = found.first {
            if first > (counted ?? 0) + 1 {
                findings.add(
                    .journal, .wrong,
                    "the journal begins with record \(first), and the checkpoint has the counters up to record \(counted ?? 0): what was "
                        + "counted in between is lost", remedy: CheckRemedy.folder)
            }
            if let position, first > position + 1 {
                findings.add(
                    .journal, .wrong,
                    "the journal begins with record \(first), and the rows have those up to record \(position): the calls in between "
                        + "are lost to the rows", remedy: CheckRemedy.rows)
            }
        }
        guard findings.all.count == before else { return }
        let records = found.first.map { "records \($0) to \(found.last)" } ?? "no record"
        findings.add(.journal, .ok, "\(records) in \(Plural.of(found.segments, "segment")) can be read")
        if found.tornBytes > 0 {
            findings.add(
                .journal, .note,
                "the last record is not whole (\(found.tornBytes) bytes); no answer of 200 depends on it, and a start cuts it"
            )
        }
    }
}
