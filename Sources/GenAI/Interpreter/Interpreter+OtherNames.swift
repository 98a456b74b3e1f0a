// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Names that an attribute states only to say that there is none (``AbsentWords``, ``FrameworkNames``): the next attribute
/// that states the fact counts.
extension Interpreter {
    /// Whether the best attribute for some name of a call has no name.
    @inline(__always)
    func lacksStatedName(_ call: borrowing ModelCall, _ facts: borrowing SpanFacts) -> Bool {
        var lacking: FactBits = 0
        if call.responseModel == .absent { lacking |= Fact.responseModel.bit }
        if call.requestModel == .absent { lacking |= Fact.requestModel.bit }
        if call.model == .absent { lacking |= Fact.model.bit }
        if call.provider == .absent { lacking |= Fact.provider.bit | Fact.providerBelow.bit }
        if call.responseID == 0 { lacking |= Fact.responseID.bit }
        return facts.states(anyOf: lacking)
    }

    /// Reads the names of a call anew, without the attributes that have none.
    ///
    /// Few senders come here, so the attributes are gone over a second time instead of keeping those that came second.
    ///
    /// - Parameters:
    ///   - call: The call, which has everything else already.
    ///   - span: Its span.
    ///   - batch: The batch of the span.
    ///   - facts: The facts of the span; those that are names are gathered anew.
    ///   - body: The bytes.
    @inline(never)
    mutating func findOtherNames(
        of call: inout ModelCall, _ span: SpanRecord, _ batch: SpanBatch, _ facts: inout SpanFacts, _ body: Span<UInt8>
    ) {
        facts.forgetAbsentNames(body)
        facts.omitsAbsentWords = true
        tables.gatherNames(of: span, batch, body, &facts)
        if !facts.embedded.isEmpty { tables.lookInside(&facts, usageOnly: call.isAggregate, body) }
        facts.omitsAbsentWords = false
        fillNames(&call, facts, body)
    }
}

extension DialectTables {
    /// Gathers the names of a span, leaving out those that are none.
    fileprivate func gatherNames(
        of span: SpanRecord, _ batch: SpanBatch, _ body: Span<UInt8>, _ facts: inout SpanFacts
    ) {
        for index in span.attributes.indices {
            let attribute = batch.attributes[index]
            let statement = statements[Int(attribute.key)]
            guard statement.bit & SpanFacts.names != 0,
                !SpanFacts.isNoName(attribute.value, of: statement.fact, in: body)
            else { continue }
            switch statement.form {
            case .plain, .quoted, .scoped, .configured: statement.take(attribute, body, &facts)
            default: continue
            }
        }
    }
}

extension SpanFacts {
    /// The facts that are names.
    static var names: FactBits {
        Fact.provider.bit | Fact.providerBelow.bit | Fact.requestModel.bit | Fact.responseModel.bit | Fact.model.bit
            | Fact.responseID.bit
    }

    /// Forgets the names that are none.
    fileprivate mutating func forgetAbsentNames(_ body: Span<UInt8>) {
        for fact: Fact in [.provider, .providerBelow, .requestModel, .responseModel, .model, .responseID] {
            if let value = self[fact], Self.isNoName(value, of: fact, in: body) { forget(fact) }
        }
    }

    /// Whether a value states a name only to say that there is none.
    static func isNoName(_ value: AttributeValue, of fact: Fact, in body: Span<UInt8>) -> Bool {
        guard fact.bit & names != 0, case .string(let range) = value else { return false }
        let text = LabelText.read(body.unquoted(range), in: body)
        let isFramework = fact == .provider && FrameworkNames.all.contains(text.lowercased())
        return text.isEmpty || isFramework || AbsentWords.hold(text)
    }
}
