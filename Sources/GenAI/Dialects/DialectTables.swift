// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The combined tables of dialects, indexed by the numbers that the reader of spans gives to keys and names.
struct DialectTables: Sendable {
    private(set) var keys = AttributeKeys()
    /// By the number of the key.
    private(set) var statements: [KeyStatement] = []
    private(set) var embedded: [EmbeddedPaths] = []
    private(set) var eventNames = AttributeKeys()
    /// By the number of the event's name.
    private(set) var events: [EventMeaning] = []
    private(set) var scopes: [ScopeRule] = []
    /// The ranks of the spellings of reasoning that do not define whether the output includes it.
    private var vagueReasoning: [UInt8] = []
    /// By fact, the number of spellings so far.
    private var ranks = [UInt8](repeating: 0, count: Fact.allCases.count)

    init(_ dialects: [any Dialect], labels: [LabelRule] = [], dimensions: [DimensionRule] = []) {
        for dialect in dialects {
            for (key, fact) in dialect.keys {
                let isCount = fact.rawValue >= Fact.input.rawValue && fact != .total
                add(key, fact, dialect.isAskedLast && isCount ? .configured : .plain)
            }
            for (key, fact) in dialect.quotedKeys { add(key, fact, .quoted) }
            for (key, fact, scope) in dialect.scopedKeys { add(key, fact, .scoped, detail: scope.rawValue) }
            for table in dialect.embedded { add(table) }
            for (name, meaning) in dialect.events where Int(eventNames.id(of: name)) == events.count {
                events.append(meaning)
            }
            scopes += dialect.scopes
        }
        add(ServiceKey.name, .operation, .label)
        for key in labels.flatMap(\.sources).compactMap(\.attributeKey) { add(key, .operation, .label) }
        for key in dimensions.flatMap(\.sources).flatMap(\.attributeKeys) { add(key, .operation, .label) }
        addKeyClasses()
    }

    /// Whether the definition of a spelling says that the output includes reasoning.
    ///
    /// - Parameter rank: The rank of the spelling, ``SpanFacts/rank(of:)``.
    /// - Returns: Whether it does; this is true of all listed spellings except a few.
    func definesReasoning(under rank: UInt8) -> Bool {
        rank < ranks[Int(Fact.reasoning.rawValue)]
            && !vagueReasoning.contains(rank)
    }

    /// The traits of a scope.
    func traits(of scope: ByteRange, in body: Span<UInt8>) -> ScopeTraits {
        var traits: ScopeTraits = []
        for rule in scopes where rule.isStart ? body.begins(scope, with: rule.name) : body.holds(rule.name, at: scope) {
            traits.formUnion(rule.traits)
        }
        return traits
    }

    /// The region that the attributes of a resource state.
    func region(in batch: SpanBatch, _ attributes: AttributeRange) -> ByteRange? {
        for index in attributes.indices {
            let attribute = batch.attributes[index]
            let statement = statements[Int(attribute.key)]
            guard statement.fact == .cloudRegion, case .plain = statement.form,
                case .string(let range) = attribute.value
            else { continue }
            return range
        }
        return nil
    }

    /// Short spellings, in no version of the conventions, that senders of every kind use.
    private static let vagueReasoningKeys = ["gen_ai.usage.reasoning_tokens", "llm.usage.reasoning_tokens"]

    private mutating func add(_ key: String, _ fact: Fact, _ form: KeyStatement.Form, detail: UInt16 = 0) {
        // A key that an earlier dialect has already is that dialect's.
        guard Int(keys.id(of: key)) == statements.count else { return }
        let rank = nextRank(of: fact)
        if Self.vagueReasoningKeys.contains(key) { vagueReasoning.append(rank) }
        statements.append(KeyStatement(fact: fact, rank: rank, form: form, detail: detail))
    }

    private mutating func add(_ table: EmbeddedTable) {
        guard Int(keys.id(of: table.key)) == statements.count else { return }
        statements.append(
            KeyStatement(fact: .operation, rank: 0, form: .embedded, detail: UInt16(embedded.count)))
        var ranks = ranks
        embedded.append(
            EmbeddedPaths(table) { fact in
                let rank = ranks[Int(fact.rawValue)]
                ranks[Int(fact.rawValue)] += 1
                return rank
            })
        self.ranks = ranks
    }

    /// Adds a statement for each class of keys that are not listed, behind those of listed keys.
    private mutating func addKeyClasses() {
        let first = statements.count
        for (number, kind) in KeyClass.all.enumerated() {
            let (fact, form): (Fact, KeyStatement.Form) =
                switch kind {
                case .usage(.fact(let fact), .usage): (fact, .derived)
                case .usage(.part, .usage): (.operation, .label)
                case .tokens: (.operation, .tokens)
                default: (.operation, .words)
                }
            statements.append(KeyStatement(fact: fact, rank: SpanFacts.rankOfWords, form: form, detail: UInt16(number)))
        }
        precondition(statements.count < Int(AttributeKeyID.max), "every class of keys has a number")
        keys.judge = { body, key in KeyClass(key, in: body).map { AttributeKeyID(first + $0.number) } }
    }

    private mutating func nextRank(of fact: Fact) -> UInt8 {
        let rank = ranks[Int(fact.rawValue)]
        precondition(rank < SpanFacts.rankOfWords, "a fact has at most 254 spellings")
        ranks[Int(fact.rawValue)] = rank + 1
        return rank
    }
}
