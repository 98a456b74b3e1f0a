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
    ///   - facts: The facts of the span, which are gathered anew.
    ///   - body: The bytes.
    @inline(never)
    mutating func findOtherNames(
        of call: inout ModelCall, _ span: SpanRecord, _ batch: SpanBatch, _ facts: inout SpanFacts, _ body: Span<UInt8>
    ) {
        guard tables.mayStateTwice(span, batch, facts) else { return }
        facts.removeAll()
        facts.omitsAbsentWords = true
        tables.gatherNamed(batch.attributes.span, span, body, &facts)
        if !facts.embedded.isEmpty { tables.lookInside(&facts, usageOnly: call.isAggregate, body) }
        facts.omitsAbsentWords = false
        fillNames(&call, facts, body)
    }
}

extension DialectTables {
    /// Whether the attributes of a span state some name more than once, as far as keys tell.
    fileprivate func mayStateTwice(_ span: SpanRecord, _ batch: SpanBatch, _ facts: borrowing SpanFacts) -> Bool {
        var stated: FactBits = 0
        for index in span.attributes.indices {
            let statement = statements[Int(batch.attributes[index].key)]
            switch statement.form {
            case .label, .derived, .words, .tokens: continue
            case .embedded: if embedded[Int(statement.detail)].facts & SpanFacts.names != 0 { return true }
            default:
                guard statement.bit & SpanFacts.names != 0 else { continue }
                if stated & statement.bit != 0 { return true }
                stated |= statement.bit
            }
        }
        return false
    }

    /// Gathers the facts of a span, leaving out names that are none.
    fileprivate func gatherNamed(
        _ attributes: Span<AttributeRecord>, _ span: SpanRecord, _ body: Span<UInt8>, _ facts: inout SpanFacts
    ) {
        for index in span.attributes.indices {
            let statement = statements[Int(attributes[index].key)]
            if statement.form != .embedded, SpanFacts.isNoName(attributes[index].value, of: statement.fact, in: body) {
                continue
            }
            statement.take(attributes[index], body, &facts)
        }
    }
}

extension SpanFacts {
    /// The facts that are names.
    static var names: FactBits {
        Fact.provider.bit | Fact.providerBelow.bit | Fact.requestModel.bit | Fact.responseModel.bit | Fact.model.bit
            | Fact.responseID.bit
    }

    /// Whether a value states a name only to say that there is none.
    static func isNoName(_ value: AttributeValue, of fact: Fact, in body: Span<UInt8>) -> Bool {
        guard fact.bit & names != 0, case .string(let place) = value else { return false }
        let text = LabelText.read(body.unquoted(place), in: body)
        let isFramework = fact == .provider && FrameworkNames.all.contains(text.lowercased())
        return text.isEmpty || isFramework || AbsentWords.hold(text)
    }
}
