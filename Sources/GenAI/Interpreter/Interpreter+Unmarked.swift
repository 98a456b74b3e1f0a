// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Spans that no dialect knows, and that state usage, or a model and an error.
extension Interpreter {
    /// The role of such a span.
    ///
    /// An operation that a dialect does not know does not say whether the span is a call or sums calls, and neither does
    /// usage. So the span is a call until the spans around it show that it repeats them.
    ///
    /// - Returns: `nil` for a span that is no call: its name says that it counts tokens, its scope names the operation of
    ///   every call and this span has none, or it has no usage and no model that was asked or answered.
    @inline(never)
    func unmarkedRole(of span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>) -> SpanRole? {
        guard facts.statesUsage || Self.namesModelOfCall(facts) else { return nil }
        guard let operation = facts.text(.operation), !AbsentWords.hold(operation, in: body) else {
            guard !facts.scope.contains(.namesEveryCall), !OperationWords(span.name, in: body).countsTokens else {
                return nil
            }
            return .unmarked(.known(Self.operation(ofModelIn: facts, body)))
        }
        return .unmarked(OperationWords(operation, in: body).operation.map(Operation.known) ?? .custom(operation))
    }

    /// Whether a model is named in a way in which only spans of model calls name one; `model` alone may be anything.
    private static func namesModelOfCall(_ facts: borrowing SpanFacts) -> Bool {
        if facts.states(anyOf: Fact.requestModel.bit | Fact.responseModel.bit) { return true }
        return facts.states(anyOf: Fact.operation.bit | Fact.provider.bit | Fact.requestType.bit)
    }

    /// Notes the model that a span names which is no call: calls below it may name none.
    @inline(never)
    mutating func name(_ span: inout PassThroughSpan, _ facts: borrowing SpanFacts, _ body: Span<UInt8>) {
        let range = facts.text(.responseModel) ?? facts.text(.requestModel) ?? facts.text(.model)
        span.model = models.symbol(at: range, in: body)
        span.provider = providers.symbol(at: facts.text(.provider), in: body)
    }

    /// The operation of a call that names none: most models that make embeddings or rank documents say so in their names.
    static func operation(ofModelIn facts: borrowing SpanFacts, _ body: Span<UInt8>) -> KnownOperation {
        guard let name = facts.text(.responseModel) ?? facts.text(.requestModel) ?? facts.text(.model) else {
            return .chat
        }
        return OperationWords(name, in: body).operation ?? .chat
    }
}
