// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Spans that run a tool, however their emitters say so.
extension Interpreter {
    /// Whether a span that is neither call nor aggregate runs a tool: it names the tool or a method of MCP, or the word for its
    /// kind or its operation says so.
    @inline(never)
    func isTool(_ span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>) -> Bool {
        if facts.text(.tool) != nil { return true }
        for fact in Self.kinds {
            if let range = facts.text(fact), Self.saysTool(range, body) { return true }
        }
        for reading in facts.words where reading.kind == .kind {
            if case .string(let range) = reading.value, Self.saysTool(range, body) { return true }
        }
        // Logfire's spans say only in their names what they are.
        return facts[.logfireType] != nil && Self.saysTool(span.name, body)
    }

    private static let kinds: [Fact] = [
        .operation, .langfuseType, .openInferenceKind, .mlflowType, .vercelOperation, .traceloopKind, .claudeCodeType,
        .langSmithKind, .genkitType, .genkitSubtype,
    ]

    /// Whether a short text has the word in it, in any case: `execute_tool`, `TOOL`, `ai.toolCall`, `running tool`.
    private static func saysTool(_ range: ByteRange, _ body: Span<UInt8>) -> Bool {
        guard range.length >= tool.count, range.length <= longest else { return false }
        let last = Int(range.offset) + Int(range.length) - tool.count
        for offset in Int(range.offset)...last
        where body.holdsIgnoringCase(tool, at: ByteRange(offset: offset, length: tool.count)) {
            return true
        }
        return false
    }

    private static let tool = Array("tool".utf8)
    private static let longest = 128
}
