// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Reads what the keys of a span say by their words, where no dialect says it.
extension Interpreter {
    /// Adds to a call what the words of keys tell of it, or makes a span that no dialect knows a call by words alone.
    ///
    /// Only spans that are or may be calls are read so: the usage of an agent or a tool may be that of anything.
    ///
    /// - Parameters:
    ///   - told: The role and dialect as the listed keys tell; `nil` for a span that is neither call nor aggregate.
    ///   - span: The span.
    ///   - batch: Has its events.
    ///   - facts: Gets what the words state, behind everything that a listed key states.
    ///   - body: The bytes.
    /// - Returns: The role and dialect.
    @inline(never)
    mutating func readByWords(
        _ told: (role: SpanRole, dialect: UInt8)?, of span: SpanRecord, _ batch: SpanBatch, _ facts: inout SpanFacts,
        _ body: Span<UInt8>
    ) -> (role: SpanRole, dialect: UInt8)? {
        if let told, told.role.isAggregate { return told }
        let marked = span.events.count == 0 ? nil : tables.noteEventWords(of: span, batch, body, &facts)
        guard !facts.words.isEmpty else { return told }
        // A scope that a dialect knows something of writes what that dialect lists.
        if told == nil, !facts.scope.isEmpty || teller(of: span, facts, body) != nil { return nil }
        if told.map(\.role.isUnmarked) ?? true, let kind = kindByWords(of: span, facts, body) {
            guard case .modelCall = kind else {
                if kind.isAggregate { return (kind, UInt8(max(conventions, 0))) }
                facts.marks.insert(.leftOut)
                return nil
            }
            stateByWords(of: told, &facts, body)
            return (operation(of: kind, facts, body), UInt8(max(conventions, 0)))
        }
        if told != nil {
            supplement(&facts, body)
            return told
        }
        // Who serves, publishes or consumes reports on other calls.
        switch span.kind {
        case .server, .producer, .consumer: return nil
        case .unspecified, .internalWork, .client: break
        }
        var sorted = WordGroups(facts, body)
        sorted.nameByMetadata(facts.words, body)
        let groups = sorted.groups
        let group = callByWords(groups, facts, body)
        guard group != nil || marked != nil else {
            return failedByWords(span, groups, &facts, body).map { ($0, UInt8(max(conventions, 0))) }
        }
        if let group {
            facts.stateByWords(group.usage)
            if group.owner.length > 0 { namespacesOfCalls.note(namespace(group.owner, of: span, body)) }
        }
        stateParties(groups, of: group, in: &facts)
        facts.marks.insert(.readByWords)
        if let marked { return (.modelCall(.known(marked)), UInt8(max(conventions, 0))) }
        return role(of: span, facts, body)
    }

    /// Adds to a call that listed keys tell of.
    func supplement(_ facts: inout SpanFacts, _ body: Span<UInt8>) {
        let groups = WordGroups(facts, body).groups
        let statesSides = facts.statesUsage
        var best: WordGroups.Group?
        for group in groups {
            if let cost = group.usage.cost { facts.stateByWords(cost: cost) }
            if group.usage.hasRefused, group.namespace == .usage || group.namespace == .ownUsage {
                facts.marks.insert(.refusedByWords)
            }
            guard group.usage.hasUsage else { continue }
            switch group.namespace {
            case .own?: continue
            // Bare keys and objects with a model's answer tell only what nothing else does.
            case .bare? where statesSides: continue
            default: break
            }
            guard agrees(group.usage, facts, body) else { continue }
            if statesSides {
                facts.stateByWords(group.usage)
            } else if group.usage.size > best?.usage.size ?? -1 {
                best = group
            }
        }
        if let best { facts.stateByWords(best.usage) }
        if !facts.statesModel {
            stateParties(groups, of: best, in: &facts)
        } else if !facts.states(anyOf: Fact.responseModel.bit | Fact.model.bit) {
            stateAnswered(groups, &facts, body)
        }
        if !facts.states(anyOf: Fact.provider.bit | Fact.providerBelow.bit) { stateProvider(&facts, body) }
    }

    /// States the provider from a key that is about a model: `gen_ai.model.provider`, `llm.vendor`.
    private func stateProvider(_ facts: inout SpanFacts, _ body: Span<UInt8>) {
        for reading in facts.words {
            guard case .provider = reading.kind, case .string(let name) = reading.value, name.length > 0,
                let key = KeyElements(reading.key.indices, in: body),
                key.union(from: 0, to: key.count - 1).has([.ai, .model])
            else { continue }
            facts.state(.providerBelow, .string(name), rank: SpanFacts.rankOfWords)
            return
        }
    }

    /// States the model that answered if a key names the model asked for with its date or version.
    private func stateAnswered(_ groups: [WordGroups.Group], _ facts: inout SpanFacts, _ body: Span<UInt8>) {
        guard let asked = facts.text(.requestModel) else { return }
        let named = groups.lazy.flatMap(\.models).map(\.name)
        guard let answered = named.first(where: { $0.length > asked.length && AnswerShape.agree(asked, $0, body) })
        else { return }
        facts.state(.responseModel, .string(answered), rank: SpanFacts.rankOfWords)
    }

    /// Whether counts can be of the same call as those that are stated: neither side differs.
    func agrees(_ usage: UsageByWords, _ facts: borrowing SpanFacts, _ body: Span<UInt8>) -> Bool {
        func stated(_ fact: Fact) -> Int64? { facts[fact].flatMap { TokenCount.read($0, body: body) } }
        var isCompared = false
        if let output = usage.output, let known = stated(.output) ?? stated(.outputPlain) ?? stated(.outputVisible) {
            guard
                output == known || output + (usage[.reasoning] ?? 0) == known
                    || output == known + (stated(.reasoning) ?? 0)
            else { return false }
            isCompared = true
        }
        if let input = usage.input, let known = stated(.input) ?? stated(.inputPlain) ?? stated(.inputUncached) {
            let cached = (usage[.cacheRead] ?? 0) + (usage[.cacheWrite] ?? 0)
            guard input == known || input + cached == known || input == known + cached else { return false }
            isCompared = true
        }
        if isCompared { return true }
        // Parts alone have to fit into what is stated.
        if let output = stated(.output), usage[.reasoning] ?? 0 > output { return false }
        if let total = usage[.total], let input = stated(.input), let output = stated(.output) {
            return total >= input + output
        }
        return true
    }

    /// The usage that makes a span a call: with both sides, or one of a model that a price book lists, and a model of the same
    /// owner.
    func callByWords(
        _ groups: [WordGroups.Group], _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) -> WordGroups.Group? {
        let anyModel = facts.text(.responseModel) ?? facts.text(.requestModel) ?? facts.text(.model)
        var best: WordGroups.Group?
        for group in groups where group.usage.hasUsage {
            let ownModel = groups.first { !$0.models.isEmpty && body.isEqual($0.owner, group.owner) }?.models.first?
                .name
            let model: ByteRange? =
                switch group.namespace {
                case .own?: ownModel
                case .bare?: ownModel ?? anyModel ?? groups.lazy.compactMap(\.models.first).first?.name
                default: ownModel ?? anyModel
                }
            guard let model, group.usage.size > best?.usage.size ?? -1 else { continue }
            let hasBothSides = group.usage.input != nil && group.usage.output != nil
            guard hasBothSides || models.knows(model, in: body) else { continue }
            best = group
        }
        return best
    }

    /// States who was asked.
    func stateParties(_ groups: [WordGroups.Group], of group: WordGroups.Group?, in facts: inout SpanFacts) {
        for other in groups {
            for model in other.models { facts.state(model.fact, .string(model.name), rank: SpanFacts.rankOfWords) }
        }
        if let provider = group?.provider ?? groups.lazy.compactMap(\.provider).first {
            facts.state(.providerBelow, .string(provider), rank: SpanFacts.rankOfWords)
        }
    }
}

extension SpanFacts {
    /// The rank of what words state: behind all spellings that a dialect lists.
    static var rankOfWords: UInt8 { 254 }

    /// States a count by the words of its key; of two different ones the larger holds.
    mutating func stateByWords(_ fact: Fact, _ count: Int64, _ body: Span<UInt8>) {
        if let earlier = self[fact], isByWords(fact), let known = TokenCount.read(earlier, body: body), known != count {
            marks.insert(.conflictingCounts)
            guard count > known else { return }
        }
        state(fact, .int(Outside(count)), rank: Self.rankOfWords)
    }

    /// States usage and cost that no listed key states.
    mutating func stateByWords(_ usage: UsageByWords) {
        let (hasInput, hasOutput) = (states(anyOf: Self.inputSide), states(anyOf: Self.outputSide))
        for fact in Fact.counts where self[fact] == nil {
            // A side is what the listed keys say, whatever they call it.
            if hasInput, fact.bit & Self.inputSide != 0 { continue }
            if hasOutput, fact.bit & Self.outputSide != 0 { continue }
            if let count = usage[fact] { state(fact, .int(Outside(count)), rank: Self.rankOfWords) }
        }
        if usage.conflicts { marks.insert(.conflictingCounts) }
        if usage.hasRefused { marks.insert(.refusedByWords) }
        if let cost = usage.cost { stateByWords(cost: cost) }
    }

    /// States a cost in 1e-15 US dollars that no listed key states.
    mutating func stateByWords(cost: Int64) {
        if !states(anyOf: SpanCost.facts), !costOfParts.isStated { costOfParts.add(cost) }
    }
}

extension SpanFacts {
    private static let inputSide = mask(of: [.input, .inputUncached, .inputPlain])
    private static let outputSide = mask(of: [.output, .outputVisible, .outputPlain])
}

extension UsageByWords {
    /// All tokens, to compare usages by.
    fileprivate var size: Int64 { (input ?? 0) + (output ?? 0) }
}

extension DialectTables {
    /// Notes what the attributes of events say by their words; only of events whose names neither quote anybody nor sum up.
    ///
    /// - Returns: The operation of the call that an event tells of by its name and a model among its attributes.
    fileprivate func noteEventWords(
        of span: SpanRecord, _ batch: SpanBatch, _ body: Span<UInt8>, _ facts: inout SpanFacts
    ) -> KnownOperation? {
        var marked: KnownOperation?
        for index in span.events.indices where Int(batch.events[index].name) == events.count {
            let event = batch.events[index]
            let name = Int(event.nameRange.offset)..<Int(event.nameRange.offset + event.nameRange.length)
            guard event.attributes.count > 0 else { continue }
            let words = KeyElements.words(of: name, in: body)
            guard KeyClass.isOfCall(words) else { continue }
            let operation: KnownOperation? =
                words.has(.embedding) ? .embeddings : words.has([.chat, .completion, .ai]) ? .chat : nil
            for index in event.attributes.indices {
                let attribute = batch.attributes[index]
                let statement = statements[Int(attribute.key)]
                if let kind = statement.wordClass {
                    if case .model = kind { marked = marked ?? operation }
                    facts.note(WordReading(kind: kind, key: attribute.keyRange, value: attribute.value))
                } else if Fact.counts.contains(statement.fact), case .plain = statement.form {
                    facts.note(
                        WordReading(
                            kind: .usage(.fact(statement.fact), .ownUsage), key: attribute.keyRange,
                            value: attribute.value))
                }
            }
        }
        return marked
    }
}
