// SPDX-License-Identifier: Apache-2.0
import OTLP

extension KeyStatement {
    /// Reads a value whose form is not ``Form/plain``.
    ///
    /// - Parameters:
    ///   - attribute: The attribute.
    ///   - body: The bytes that it refers to.
    ///   - facts: Gets what it states.
    @inline(never)
    func take(_ attribute: AttributeRecord, _ body: Span<UInt8>, _ facts: inout SpanFacts) {
        let value = attribute.value
        switch (form, value) {
        case (.embedded, .string(let range)):
            guard facts.embedded.count < Self.mostEmbedded else { return }
            facts.embedded.append((detail, range))
        case (.embedded, _): break
        case (.quoted, .string(let range)): facts.state(fact, .string(body.unquoted(range)), rank: rank)
        case (.scoped, _):
            guard facts.scope.isSuperset(of: ScopeTraits(rawValue: detail)) else {
                let key = Int(attribute.keyRange.offset)..<Int(attribute.keyRange.offset + attribute.keyRange.length)
                if let kind = KeyClass(key, in: body) {
                    facts.note(WordReading(kind: kind, key: attribute.keyRange, value: value))
                }
                return
            }
            facts.state(fact, value, rank: rank)
        case (.configured, _):
            facts.state(fact, value, rank: rank)
            facts.state(.customCount, .bool(true), rank: 0)
        case (.label, _): break
        case (.derived, _):
            if let count = TokenCount.read(value, body: body) {
                facts.stateByWords(fact, count, body)
            } else {
                noteWords(attribute, &facts)
            }
        case (.words, _): noteWords(attribute, &facts)
        case (.tokens, .int), (.tokens, .double): facts.marks.insert(.unreadTokens)
        case (.tokens, _): break
        default: facts.state(fact, value, rank: rank)
        }
    }

    private func noteWords(_ attribute: AttributeRecord, _ facts: inout SpanFacts) {
        guard let kind = wordClass else { return }
        facts.note(WordReading(kind: kind, key: attribute.keyRange, value: attribute.value))
    }

    /// The class of a key that no dialect lists.
    var wordClass: KeyClass? {
        switch form {
        case .derived, .words: KeyClass.all[Int(detail)]
        default: nil
        }
    }

    /// The largest number of embedded objects that are read of one span.
    private static var mostEmbedded: Int { 16 }
}
