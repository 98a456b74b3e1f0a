// SPDX-License-Identifier: Apache-2.0
import OTLP

extension KeyStatement {
    /// Takes a value that is not stated as it stands.
    ///
    /// - Parameters:
    ///   - attribute: The attribute.
    ///   - body: The bytes that it refers to.
    ///   - facts: Gets what it states.
    @inline(never)
    func take(_ attribute: AttributeRecord, _ body: Span<UInt8>, _ facts: inout SpanFacts) {
        let value = attribute.value
        switch (form, value) {
        case (.embedded, .string(let place)):
            guard facts.embedded.count < Self.mostEmbedded else { return }
            facts.embedded.append((detail, place))
        case (.embedded, _): break
        case (.quoted, .string(let place)): facts.state(fact, .string(body.unquoted(place)), rank: rank)
        case (.scoped, _):
            guard facts.scope.isSuperset(of: ScopeTraits(rawValue: detail)) else {
                let key = Int(attribute.keyPlace.offset)..<Int(attribute.keyPlace.offset + attribute.keyPlace.length)
                if let kind = KeyClass(key, in: body) {
                    facts.note(WordReading(kind: kind, key: attribute.keyPlace, value: value))
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
        facts.note(WordReading(kind: kind, key: attribute.keyPlace, value: attribute.value))
    }

    /// What the words of the key say, for a key that no dialect lists.
    var wordClass: KeyClass? {
        switch form {
        case .derived, .words: KeyClass.all[Int(detail)]
        default: nil
        }
    }

    /// How many objects of one span are looked into.
    private static var mostEmbedded: Int { 16 }
}
