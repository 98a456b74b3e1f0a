// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// What spans are: the first dialect that has an answer decides.
extension Interpreter {
    /// What a span is, and the dialect that decided; `nil` for one that is neither call nor aggregate.
    @inline(__always)
    mutating func role(
        of span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) -> (role: SpanRole, dialect: UInt8)? {
        // Most spans name an operation of the conventions and have no mark of a dialect that is asked before them.
        guard facts.stated(among: earlierMarks) == 0, let operation = facts.text(.operation),
            let role = conventionalWords.role(at: operation, in: body)
        else { return askedRole(of: span, facts, body) }
        if case .other = role { return nil }
        return (role, UInt8(truncatingIfNeeded: conventions))
    }

    /// The same, as the dialects answer one after the other.
    @inline(never)
    private mutating func askedRole(
        of span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) -> (role: SpanRole, dialect: UInt8)? {
        var asked: UInt64 = 0
        var marks = facts.stated(among: anyMark)
        while marks != 0 {
            asked |= marked[marks.trailingZeroBitCount]
            marks &= marks &- 1
        }
        while asked != 0 {
            let dialect = askable[asked.trailingZeroBitCount].dialect
            asked &= asked &- 1
            // The conventions decide about most spans. They are asked by name, since taking a dialect of any type out of the
            // list costs more than its answer.
            let told =
                dialect == conventions
                ? OpenTelemetryDialect().role(of: span, facts: facts, body: body)
                : dialects[dialect].role(of: span, facts: facts, body: body)
            guard let role = told else { continue }
            if case .other = role { return nil }
            return (role, UInt8(truncatingIfNeeded: dialect))
        }
        guard facts.statesUsage || (span.status == .error && facts.statesModel),
            let role = unmarkedRole(of: span, facts, body)
        else { return nil }
        return (role, UInt8(max(conventions, 0)))
    }

    /// Reads a span a second time for the name of the dialect that knows it; for the few spans that a message is about.
    ///
    /// - Parameters:
    ///   - span: A span of the batch.
    ///   - batch: The batch that was interpreted last.
    ///   - body: The bytes that the batch refers to.
    ///   - isCall: Whether the span was interpreted as a call or an aggregate.
    /// - Returns: The name of the dialect that decided what the span is; ``byWords`` for a call by the words of its keys alone;
    ///   `nil` for any other span.
    package func dialectName(
        of span: SpanRecord, in batch: SpanBatch, _ body: Span<UInt8>, isCall: Bool
    ) -> String? {
        var facts = SpanFacts()
        facts.scope = tables.traits(of: batch.scopes[Int(span.scope)].name, in: body)
        let (attributes, first) = (batch.attributes.span, Int(span.attributes.first))
        facts.gather(
            attributes.extracting(first..<first &+ Int(span.attributes.count)), tables.statements.span, body)
        if let name = teller(of: span, facts, body) { return name }
        guard isCall else { return nil }
        // Listed keys that state usage, or a failed call's model, are the conventions' unless another dialect says so.
        let isListed = facts.statesUsage || span.status == .error && facts.statesModel
        return isListed && conventions >= 0 ? dialects[conventions].name : Self.byWords
    }

    /// What stands for a dialect where no dialect lists the keys of a call.
    package static let byWords = "words"

    /// The name of the dialect that decided what a span is, `.other` included; `nil` when none did.
    func teller(of span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>) -> String? {
        for entry in askable where facts.stated(among: entry.marks) != 0 {
            guard dialects[entry.dialect].role(of: span, facts: facts, body: body) != nil else { continue }
            return dialects[entry.dialect].name
        }
        return nil
    }
}
