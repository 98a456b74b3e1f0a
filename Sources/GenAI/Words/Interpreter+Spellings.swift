// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Looks for another spelling where a count cannot be read.
extension Interpreter {
    /// Reads the usage of a call again without the counts that cannot be read: a negative number, a text or a list under one key
    /// does not hide a sound count under another.
    ///
    /// - Parameters:
    ///   - call: The call as it was read with those counts.
    ///   - span: Its span.
    ///   - batch: Has the span's attributes.
    ///   - facts: The facts of the span.
    ///   - body: The bytes.
    ///   - usage: Memory for the counts.
    ///   - report: Counts what else is odd.
    @inline(never)
    mutating func findOtherSpellings(
        for call: inout ModelCall, of span: SpanRecord, _ batch: SpanBatch, _ facts: inout SpanFacts,
        _ body: Span<UInt8>, _ usage: inout ReportedUsage, _ report: inout InterpretationReport
    ) {
        guard facts.forgetRefusedCounts(body) else { return }
        facts.marks.insert(.soundOnly)
        for index in span.attributes.indices {
            let attribute = batch.attributes[index]
            let statement = tables.statements[Int(attribute.key)]
            guard statement.fact.rawValue >= Fact.input.rawValue,
                let count = TokenCount.read(attribute.value, body: body)
            else { continue }
            switch statement.form {
            case .derived: facts.stateByWords(statement.fact, count, body)
            case .plain, .scoped, .configured: statement.take(attribute, body, &facts)
            default: break
            }
        }
        if !facts.embedded.isEmpty { tables.lookInside(&facts, usageOnly: true, body) }
        if facts.marks.contains(.words), !call.isAggregate { supplement(&facts, body) }
        call.usage = CallUsage()
        call.reportsUsage = false
        var odd = Self.fillUsage(&call, facts, &usage, body)
        if odd.contains(.totalExceedsParts) { assignExcess(of: &call, usage, &odd) }
        report.count(odd.subtracting(.refusedCount))
    }
}
