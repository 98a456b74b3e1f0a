// SPDX-License-Identifier: Apache-2.0
import Ledger
import Notation
import Pricing

/// What is in a folder, for people and for programs.
enum LedgerInfoForms {
    /// Lines of a name and a value, in columns.
    static func text(_ info: LedgerInfo, path: String, _ kept: RowConfiguration) -> String {
        var rows: [[String]] = []
        func add(_ name: String, _ value: String?) {
            if let value { rows.append([name, ShownText.plain(value)]) }
        }
        add("folder", path)
        switch info.use {
        case .free: add("in use by", "no process")
        case .taken(let holder): add("in use by", holder.isEmpty ? "a process that is not known" : holder)
        }
        add("bytes", bytes(info.bytes))
        let journal = info.files.filter { $0.name.hasSuffix(".journal") }.reduce(0) { $0 + $1.bytes }
        add(
            "journal",
            "\(Plural.of(info.segments, "segment")), \(bytes(journal))\(info.firstRecord.map { ", from record \($0) on" } ?? "")"
        )
        add("journal written by", info.writer.isEmpty ? nil : "version \(info.writer), format \(info.journalVersion)")
        if let counters = info.counters {
            add(
                "checkpoint",
                "record \(counters.counted), taken \(Timestamp(nanoseconds: counters.wallNanoseconds).toSeconds)")
            add("counters: calls", String(counters.calls))
            for (name, count) in counters.tokens { add("counters: \(name)", String(count)) }
            add("counters: dollars", "\(counters.dollars)")
        } else {
            add("checkpoint", "none yet")
        }
        if let own = info.rows { addRows(own, info) { add($0, $1) } } else { add("rows", "none yet") }
        add("settings: calls", kept.keepsCalls ? "kept for \(days(kept.callSeconds))" : "not kept")
        add("settings: roll-ups", "kept for \(days(kept.rollupSeconds))")
        add("settings: size", "at most \(bytes(kept.mostBytes))")
        for file in info.files { add("file \(file.name)", bytes(file.bytes)) }
        return AlignedColumns.text(rows)
    }

    private static func addRows(_ rows: LedgerInfo.Rows, _ info: LedgerInfo, _ add: (String, String?) -> Void) {
        let lag = info.counters.map {
            $0.counted > rows.position ? ", \($0.counted - rows.position) behind the checkpoint" : ""
        }
        add("rows", "format \(rows.version), up to record \(rows.position)\(lag ?? "")")
        add("calls", "\(rows.calls) kept, \(rows.removedCalls) removed")
        add("first call", rows.firstCall)
        add("last call", rows.lastCall)
        add("dropped spans", "\(rows.drops) kept")
        add("traces", String(rows.traces))
        add("sessions", String(rows.sessions))
        add("roll-ups", String(rows.rollups))
        add("roll-ups from", rows.firstRollup)
        add("roll-ups to", rows.lastRollup)
        add("dimensions", rows.dimensions.isEmpty ? "none" : rows.dimensions.joined(separator: ", "))
        add("counted", "\(Plural.of(rows.countedCalls, "call")), \(rows.countedDollars) dollars since the rows began")
        add("imported", "\(Plural.of(rows.importedCalls, "call")), \(rows.importedDollars) dollars, in no counter")
        add("counted before", "\(Plural.of(rows.callsBefore, "call")), \(rows.dollarsBefore) dollars")
        add("free in the rows", bytes(rows.freeBytes))
    }

    /// One object.
    static func json(_ info: LedgerInfo, path: String, _ kept: RowConfiguration) -> String {
        var line = JSONLine()
        line.add("path", path)
        switch info.use {
        case .free: line.add("in_use", false)
        case .taken(let holder):
            line.add("in_use", true)
            line.add("in_use_by", said: holder)
        }
        line.add("bytes", info.bytes)
        line.add(
            "files",
            info.files.map { file in
                var line = JSONLine()
                line.add("name", file.name)
                line.add("bytes", file.bytes)
                return line
            })
        var journal = JSONLine()
        journal.add("format", info.journalVersion)
        journal.add("segments", info.segments)
        journal.add("first_record", decimal: info.firstRecord.map { String($0) })
        journal.add("writer", said: info.writer)
        line.add("journal", journal)
        if let counters = info.counters {
            var checkpoint = JSONLine()
            checkpoint.add("record", counters.counted)
            checkpoint.add("time", Timestamp(nanoseconds: counters.wallNanoseconds).toSeconds)
            checkpoint.add("calls", counters.calls)
            var tokens = JSONLine()
            for (name, count) in counters.tokens { tokens.add(name, count) }
            checkpoint.add("tokens", tokens)
            checkpoint.add("cost_usd", "\(counters.dollars)")
            line.add("checkpoint", checkpoint)
        }
        if let own = info.rows { line.add("rows", json(own)) }
        var settings = JSONLine()
        settings.add("calls", kept.keepsCalls)
        settings.add("retention_calls_seconds", decimal: kept.callSeconds.map { String($0) })
        settings.add("retention_rollups_seconds", decimal: kept.rollupSeconds.map { String($0) })
        settings.add("max_bytes", kept.mostBytes)
        line.add("settings", settings)
        return line.text
    }

    private static func json(_ rows: LedgerInfo.Rows) -> JSONLine {
        var line = JSONLine()
        line.add("format", rows.version)
        line.add("record", rows.position)
        line.add("calls", rows.calls)
        line.add("calls_removed", rows.removedCalls)
        line.add("first_call", rows.firstCall)
        line.add("last_call", rows.lastCall)
        line.add("dropped_spans", rows.drops)
        line.add("traces", rows.traces)
        line.add("sessions", rows.sessions)
        line.add("rollups", rows.rollups)
        line.add("rollups_from", rows.firstRollup)
        line.add("rollups_to", rows.lastRollup)
        line.add("dimensions", rows.dimensions)
        line.add("calls_counted", rows.countedCalls)
        line.add("cost_usd_counted", "\(rows.countedDollars)")
        line.add("calls_imported", rows.importedCalls)
        line.add("cost_usd_imported", "\(rows.importedDollars)")
        line.add("calls_before", rows.callsBefore)
        line.add("cost_usd_before", "\(rows.dollarsBefore)")
        line.add("free_bytes", rows.freeBytes)
        return line
    }

    private static func days(_ seconds: Int64?) -> String {
        guard let seconds else { return "ever" }
        return seconds % 86_400 == 0 ? Plural.of(seconds / 86_400, "day") : Plural.of(seconds, "second")
    }

    /// Bytes in a unit that fits, such as `12.3 MiB`: in units of the settings.
    static func bytes(_ count: Int) -> String {
        let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        guard let (unit, size) = units.first(where: { count >= $0.1 }) else { return Plural.of(count, "byte") }
        let (whole, rest) = count.quotientAndRemainder(dividingBy: size)
        let tenths = whole * 10 + rest * 10 / size
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
