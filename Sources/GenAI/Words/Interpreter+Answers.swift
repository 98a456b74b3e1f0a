// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Looks for usage in a provider's answer that a span carries as a text, where the keys of the span do not have it.
extension Interpreter {
    /// Reads the usage of a call again with what the provider's answer says, if the span has no usage, or a total above its
    /// parts.
    ///
    /// What the span itself states applies, and an answer with other counts is not the call's.
    ///
    /// - Parameters:
    ///   - call: The call as it was read without the answer.
    ///   - odd: What is odd about the call's counts.
    ///   - facts: The facts of the span.
    ///   - body: The bytes.
    ///   - usage: Memory for the counts.
    ///   - report: Counts what is odd.
    @inline(never)
    mutating func readAnswer(
        of call: inout ModelCall, _ odd: UsageAnomalies, _ facts: inout SpanFacts, _ body: Span<UInt8>,
        _ usage: inout ReportedUsage, _ report: inout InterpretationReport
    ) {
        guard !call.isAggregate else { return }
        var isFound = false
        for (table, range) in facts.embedded where tables.embedded[Int(table)].mayBeAnswer {
            guard
                let answer = UsageObject.read(
                    at: range, as: .answer(models: facts.namedModels, isReply: false), in: body),
                answer.hasUsage, agrees(answer, facts, body)
            else { continue }
            facts.stateByWords(answer)
            isFound = true
        }
        guard isFound else { return }
        call.usage = CallUsage()
        call.reportsUsage = false
        var now = Self.fillUsage(&call, facts, &usage, body)
        if now.contains(.totalExceedsParts) { assignExcess(of: &call, usage, &now) }
        report.replace(odd, by: now)
    }
}
