// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Reads the values of dimensions from spans, their scopes and resources.
///
/// No value becomes a string before its set is new: spans are compared by hashes of their values.
struct DimensionReader: Sendable {
    /// A value that was read, and the rank of its source.
    struct Value: Sendable {
        var rank: UInt8 = .max
        /// Whether a text is among ``kept`` bytes, and not in the body.
        var isKept = false
        var hash: UInt64 = 0
        var value = AttributeValue.empty
    }

    let table: DimensionTable
    private let keys: DimensionKeys
    let width: Int
    /// The bit of the session among the dimensions; 0 without one.
    let session: UInt32
    var recent = RecentSets(size: 4_096)
    /// The bases of sets with a session.
    var bases = RecentSets(size: 512)
    /// The values of the batch's resources and scopes, by their numbers: one for each dimension.
    private var resources: [Value] = []
    private var scopes: [Value] = []
    /// The texts of those, since a later slice of the body may lie elsewhere.
    var kept: [UInt8] = []
    /// The values of the latest resource and scope together, what they add to the identity of a set, and the numbers of both.
    private var origin: [Value]
    var originParts: [UInt64]
    var originIdentity = DimensionIdentity()
    var originHasValues = false
    private var originNumbers: (resource: UInt32, scope: UInt32)?
    /// The values of the present span: its own ones, and behind them what it offers to descendants.
    ///
    /// Between two spans, they are those of ``origin``.
    var values: [Value]
    /// The dimensions that the present span states, as bits.
    var changed: UInt32 = 0
    /// The name of the present span as an agent.
    private var agent = Value()
    var draft = DimensionDraft()

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - table: The dimensions, and where their values are kept.
    ///   - tables: The keys, those of the dimensions among them.
    init(_ table: DimensionTable, tables: DialectTables) {
        self.table = table
        keys = DimensionKeys(table.rules, tables)
        width = table.rules.count
        session = table.sessionRule.map { 1 << UInt32($0) } ?? 0
        origin = [Value](repeating: Value(), count: width)
        originParts = [UInt64](repeating: 0, count: width)
        values = [Value](repeating: Value(), count: 2 * width)
    }

    /// By the number of a key: a bit that says whether some dimension reads it from ancestors.
    var owners: [UInt8] { keys.owners }

    /// Reads the values of a batch's scopes and resources.
    mutating func begin(_ batch: SpanBatch, _ body: Span<UInt8>) {
        let epoch = table.epoch
        recent.begin(epoch)
        bases.begin(epoch)
        originNumbers = nil
        let (oldResource, oldScope) = (resources.suffix(width), scopes.suffix(width))
        // Most bodies are one slice, whose texts may be written over those of the body before.
        let before = batch.continuesResource || batch.continuesScope ? kept : []
        kept.removeAll(keepingCapacity: true)
        resources = batch.continuesResource ? keep(oldResource, before.span) : []
        for resource in batch.resources.dropFirst(resources.count / max(width, 1)) {
            clear()
            read(resource.attributes, of: .resource, batch, body)
            resources += keep(values[..<width], body)
        }
        scopes = batch.continuesScope ? keep(oldScope, before.span) : []
        for scope in batch.scopes.dropFirst(scopes.count / max(width, 1)) {
            if keys.readsScopes {
                clear()
                read(scope.attributes, of: .scope, batch, body)
                scopes += keep(values[..<width], body)
            } else {
                scopes += repeatElement(Value(), count: width)
            }
        }
        clear()
        for rule in 0..<width { origin[rule] = Value() }
    }

    /// The set of a call's span.
    ///
    /// - Parameters:
    ///   - span: The span.
    ///   - isAgent: Whether it is an agent.
    ///   - batch: The batch.
    ///   - body: The bytes that the batch refers to.
    /// - Returns: The set.
    mutating func set(
        of span: SpanRecord, isAgent: Bool, _ batch: SpanBatch, _ body: Span<UInt8>
    ) -> DimensionSet {
        if originNumbers.map({ $0 != (span.resource, span.scope) }) ?? true { readOrigin(of: span) }
        agent = Value()
        read(span.attributes, of: .span, batch, body)
        if isAgent { takeAgent(span, body) }
        let set = setOfValues(hasOrigin: true, body)
        forget()
        return set
    }

    /// Takes the values of a span's resource and scope.
    private mutating func readOrigin(of span: SpanRecord) {
        let (resource, scope) = (Int(span.resource) * width, Int(span.scope) * width)
        originNumbers = (span.resource, span.scope)
        (originIdentity, originHasValues) = (DimensionIdentity(), false)
        for rule in 0..<width {
            let (ofResource, ofScope) = (resources[resource + rule], scopes[scope + rule])
            let value = ofResource.rank < ofScope.rank ? ofResource : ofScope
            (origin[rule], values[rule], originParts[rule]) = (value, value, 0)
            guard value.rank != .max else { continue }
            originHasValues = true
            if session >> UInt32(rule) & 1 == 1 { continue }
            originParts[rule] = DimensionIdentity.part(UInt8(rule), value.rank, .max, value.hash)
            originIdentity.add(originParts[rule])
        }
    }

    /// Forgets what the present span states.
    private mutating func forget() {
        while changed != 0 {
            let rule = changed.trailingZeroBitCount
            changed &= changed &- 1
            values[rule] = origin[rule]
            values[width + rule] = Value()
        }
    }

    /// The set that a span offers to its descendants without being a call; only for spans with an attribute that some dimension
    /// reads from ancestors.
    @inline(never)
    mutating func offer(of span: SpanRecord, _ batch: SpanBatch, _ body: Span<UInt8>) -> DimensionSet {
        read(span.attributes, of: .ancestor, batch, body)
        let set = setOfValues(hasOrigin: false, body)
        forget()
        return set.offersToDescendants ? set : .none
    }

    private mutating func clear() {
        changed = 0
        for index in values.indices { values[index] = Value() }
    }

    /// The same values, with their texts among the kept bytes.
    private mutating func keep(_ values: ArraySlice<Value>, _ source: Span<UInt8>) -> [Value] {
        values.map { value in
            guard case .string(let range) = value.value else { return value }
            var value = value
            value.isKept = true
            value.value = .string(ByteRange(offset: kept.count, length: Int(range.length)))
            kept.append(source.extracting(range.indices))
            return value
        }
    }

    // MARK: Values

    /// Reads attributes into the present values: those of a span also as what it offers, and as its name.
    private mutating func read(
        _ attributes: AttributeRange, of owner: DimensionKeys.Owner, _ batch: SpanBatch, _ body: Span<UInt8>
    ) {
        let wanted =
            owner == .span
            ? owner.rawValue | DimensionKeys.Owner.ancestor.rawValue | DimensionKeys.Owner.agent.rawValue
            : owner.rawValue
        let attributes = batch.attributes.span.extracting(attributes.indices)
        for index in attributes.indices {
            let key = Int(attributes[index].key)
            guard keys.owners[key] & wanted != 0,
                let read = value(of: attributes[index].value, body)
            else { continue }
            for use in Int(keys.firstUses[key])..<Int(keys.firstUses[key + 1]) {
                let use = keys.uses[use]
                guard use.owner.rawValue & wanted != 0 else { continue }
                var value = read
                value.rank = use.rank
                switch use.owner {
                case .agent: if use.rank < agent.rank { agent = value }
                case .ancestor: take(value, use.rule, isOffer: true)
                case .span, .scope, .resource: take(value, use.rule, isOffer: false)
                }
            }
        }
    }

    /// Takes a value of the present span if it is better than the one so far.
    @inline(__always)
    private mutating func take(_ value: Value, _ rule: Int, isOffer: Bool) {
        let index = isOffer ? width + rule : rule
        guard value.rank < values[index].rank else { return }
        values[index] = value
        changed |= 1 << UInt32(rule)
    }

    /// A value with its hash; `nil` for none.
    @inline(__always)
    private func value(of attribute: AttributeValue, _ body: Span<UInt8>) -> Value? {
        var value = Value()
        switch attribute {
        case .string(let range):
            guard !DimensionText.isBlank(range, in: body) else { return nil }
            let cut = DimensionText.cut(range, in: body)
            value.value = .string(cut)
            value.hash = body.hash(at: Int(cut.offset), length: Int(cut.length), salt: table.salt)
        case .int(let number):
            value.hash = mix64(UInt64(bitPattern: number.asSent) ^ table.salt, 0xA076_1D64_78BD_642F)
            value.value = attribute
        case .double(let number):
            value.hash = mix64(number.asSent.bitPattern ^ table.salt, 0xE703_7ED1_A0B4_28DB)
            value.value = attribute
        case .bool(let flag):
            value.hash = mix64((flag ? 1 : 2) ^ table.salt, 0x8EBC_6AF0_9C88_C6E3)
            value.value = attribute
        case .empty, .structured: return nil
        }
        return value
    }

    /// Takes the name of an agent: that of an attribute, or else that of the span.
    private mutating func takeAgent(_ span: SpanRecord, _ body: Span<UInt8>) {
        if agent.rank == .max {
            guard let name = Self.agentName(span.name, body), let read = value(of: .string(name), body) else { return }
            agent = read
        }
        for (rule, rank) in keys.agents {
            var value = agent
            value.rank = rank
            take(value, rule, isOffer: false)
            take(value, rule, isOffer: true)
        }
    }

    /// The name of an agent's span, without the operation that the conventions put before it.
    private static func agentName(_ name: ByteRange, _ body: Span<UInt8>) -> ByteRange? {
        let count = operation.count
        guard Int(name.length) >= count else { return name }
        for index in operation.indices where body[Int(name.offset) + index] != operation[index] { return name }
        guard Int(name.length) > count else { return nil }
        guard body[Int(name.offset) + count] == 0x20 else { return name }
        return ByteRange(offset: Int(name.offset) + count + 1, length: Int(name.length) - count - 1)
    }

    private static let operation = Array("invoke_agent".utf8)
}
