// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Marks by meaning: attributes that say the type or the kind of a span, in any namespace.
extension Interpreter {
    /// What such an attribute says that a span is.
    ///
    /// A kind is believed where the namespace is about model calls: it has a model or usage on this span, or had them on an
    /// earlier one of the scope, or the span states a model or usage otherwise. `span.type=agent` with only a user's name is
    /// no mark.
    ///
    /// A kind that means something other than a call, such as `tool`, applies only to the usage in its own
    /// namespace: another library's word for the span does not take the usage of a call away.
    ///
    /// - Returns: `nil` where no kind says anything of calls, or none is believed.
    mutating func kindByWords(
        of span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) -> SpanRole? {
        for reading in facts.words where reading.kind == .kind {
            let owner = WordGroups.owner(of: reading.key, body)
            let namespace = namespace(owner, of: span, body)
            // `span.type` alone is in no namespace: it goes with the model of any.
            let isBare = Self.bareOwners.contains { body.holdsIgnoringCase($0, at: owner) }
            let isOwn = facts.words.contains { other in
                isBare
                    ? other.kind.isModel
                    : other.kind.tellsOfCalls && body.isEqual(WordGroups.owner(of: other.key, body), owner)
            }
            // Told apart from namespaces that had usage.
            if isOwn, !isBare { namespacesOfCalls.note(namespace &+ 1) }
            guard let role = SpanKindWords.role(of: reading.value, in: body) else { continue }
            if case .other = role {
                guard Self.isOfUsage(reading, isBare: isBare, facts, body) else { continue }
                return role
            }
            if isOwn || facts.statesUsage || facts.statesModel || isKnown(namespace) { return role }
        }
        return nil
    }

    /// Whether a kind is one of the span, not of a request, and some usage is in the kind's own namespace.
    private static func isOfUsage(
        _ kind: WordReading, isBare: Bool, _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) -> Bool {
        guard let key = KeyElements(kind.key.indices, in: body),
            key.union(from: max(0, key.count - 2)).has(.span)
        else { return false }
        let owner = isBare ? ByteRange() : WordGroups.owner(of: kind.key, body)
        return facts.words.contains { other in
            guard case .usage = other.kind else { return false }
            return body.isEqual(WordGroups.owner(of: other.key, body), owner)
        }
    }

    private func isKnown(_ namespace: UInt64) -> Bool {
        namespacesOfCalls.contains(namespace) || namespacesOfCalls.contains(namespace &+ 1)
    }

    private static let bareOwners = ["span", "observation", "request"].map { Array($0.utf8) }

    /// A namespace of keys in the resource and scope of a span, as a number.
    func namespace(_ owner: ByteRange, of span: SpanRecord, _ body: Span<UInt8>) -> UInt64 {
        let origin = origin(of: span)
        return origin.resource &* 3 ^ origin.scope ^ hash(of: owner, body)
    }

    /// The role of a failed span that names a model by words: one that a price book lists, or in a namespace that had usage
    /// before in the span's scope.
    func failedByWords(
        _ span: SpanRecord, _ groups: [WordGroups.Group], _ facts: inout SpanFacts, _ body: Span<UInt8>
    ) -> SpanRole? {
        guard span.status == .error else { return nil }
        let group = groups.first { group in
            guard let model = group.models.first, group.owner.length > 0 else { return false }
            return models.knows(model.name, in: body)
                || namespacesOfCalls.contains(namespace(group.owner, of: span, body))
        }
        guard let group else { return nil }
        stateParties([group], of: group, in: &facts)
        return .unmarked(.known(Self.operation(ofModelIn: facts, body)))
    }

    /// States what the words of the other keys tell of a span that its kind marks as a call.
    func stateByWords(
        of told: (role: SpanRole, dialect: UInt8)?, _ facts: inout SpanFacts, _ body: Span<UInt8>
    ) {
        if told != nil { return supplement(&facts, body) }
        let groups = WordGroups(facts, body).groups
        let group = callByWords(groups, facts, body) ?? groups.first { $0.usage.hasUsage }
        if let group { facts.stateByWords(group.usage) }
        stateParties(groups, of: group, in: &facts)
        facts.marks.insert(.readByWords)
    }

    /// The role with the operation that the span names, or with the one that its model's name tells.
    func operation(of kind: SpanRole, _ facts: borrowing SpanFacts, _ body: Span<UInt8>) -> SpanRole {
        guard case .modelCall(.known(.chat)) = kind else { return kind }
        guard let operation = facts.text(.operation), !AbsentWords.hold(operation, in: body) else {
            return .modelCall(.known(Self.operation(ofModelIn: facts, body)))
        }
        return .modelCall(OperationWords(operation, in: body).operation.map(Operation.known) ?? .custom(operation))
    }
}

extension KeyClass {
    var isModel: Bool { if case .model = self { true } else { false } }

    /// Whether it is a model or usage.
    var tellsOfCalls: Bool {
        switch self {
        case .usage, .model: true
        default: false
        }
    }
}

/// Namespaces of keys that had models or usage before, each in one scope: the latest ones, as hashes.
struct RecentNamespaces: Sendable {
    private var newer: Set<UInt64> = []
    private var older: Set<UInt64> = []

    func contains(_ namespace: UInt64) -> Bool { newer.contains(namespace) || older.contains(namespace) }

    mutating func note(_ namespace: UInt64) {
        guard !newer.contains(namespace) else { return }
        if newer.count >= Self.most { (older, newer) = (newer, []) }
        newer.insert(namespace)
    }

    private static let most = 256
}
