// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// What the first spans of a service show of how it reports its calls.
package struct FirstSpan: Sendable, Equatable {
    /// The value of `service.name`; `unknown_service` without it, `__overflow__` for all services for which there is no room.
    package let service: String
    /// The name of the instrumentation scope; empty without one.
    package var scope = ""
    /// The dialect that knows the span, or `words` if the span is a call by the words of its keys alone; `nil` if it is neither.
    package var dialect: String?

    package init(service: String) { self.service = service }

    /// Looks among the service's first spans of a batch for one that a dialect knows or that is a call, and takes the first one
    /// if there is none.
    init(
        service: String, resource: Int, of batch: SpanBatch, _ body: Span<UInt8>,
        as spans: borrowing InterpretedSpans, by interpreter: borrowing Interpreter
    ) {
        self.service = service
        var looks = 0
        for span in batch.spans where Int(span.resource) == resource {
            let isCall = spans.calls.contains { $0.identity.spanID == span.spanID }
            let name = interpreter.dialectName(of: span, in: batch, body, isCall: isCall)
            if looks == 0 || name != nil {
                (scope, dialect) = (LabelText.read(batch.scopes[Int(span.scope)].name, in: body), name)
            }
            looks += 1
            if name != nil || looks == Self.mostLooks { return }
        }
    }

    /// How many spans are looked at.
    private static let mostLooks = 64
}
