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

    private let table: DimensionTable
    private let keys: DimensionKeys
    private let width: Int
    private var recent = RecentSets()
    /// The values of the batch's resources and scopes, by their numbers: one for each dimension.
    private var resources: [Value] = []
    private var scopes: [Value] = []
    /// The texts of those, since a later slice of the body may lie elsewhere.
    private var kept: [UInt8] = []
    /// The values of the present span: its own ones, and behind them what it offers to descendants.
    private var values: [Value]
    /// The name of the present span as an agent.
    private var agent = Value()
    private var draft = DimensionDraft()

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - table: The dimensions, and where their values are kept.
    ///   - tables: The keys, those of the dimensions among them.
    init(_ table: DimensionTable, tables: DialectTables) {
        self.table = table
        keys = DimensionKeys(table.rules, tables)
        width = table.rules.count
        values = [Value](repeating: Value(), count: 2 * width)
    }

    /// Reads the values of a batch's scopes and resources.
    mutating func begin(_ batch: SpanBatch, _ body: Span<UInt8>) {
        recent.begin(table.epoch)
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
            clear()
            read(scope.attributes, of: .scope, batch, body)
            scopes += keep(values[..<width], body)
        }
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
        let (resource, scope) = (Int(span.resource) * width, Int(span.scope) * width)
        for rule in 0..<width {
            let (ofResource, ofScope) = (resources[resource + rule], scopes[scope + rule])
            values[rule] = ofResource.rank < ofScope.rank ? ofResource : ofScope
            values[width + rule] = Value()
        }
        agent = Value()
        read(span.attributes, of: .span, batch, body)
        if isAgent { takeAgent(span, body) }
        return setOfValues(body)
    }

    /// The set that a span that is not a call offers to its descendants.
    @inline(__always)
    mutating func offer(of span: SpanRecord, _ batch: SpanBatch, _ body: Span<UInt8>) -> DimensionSet {
        // Most spans have no attribute that some rule reads from ancestors.
        let attributes = batch.attributes.span.extracting(span.attributes.indices)
        for index in attributes.indices
        where keys.owners[Int(attributes[index].key)] & DimensionKeys.Owner.ancestor.rawValue != 0 {
            return offerOfValues(span, batch, body)
        }
        return .none
    }

    @inline(never)
    private mutating func offerOfValues(
        _ span: SpanRecord, _ batch: SpanBatch, _ body: Span<UInt8>
    ) -> DimensionSet {
        clear()
        read(span.attributes, of: .ancestor, batch, body)
        let set = setOfValues(body)
        return set.offersToDescendants ? set : .none
    }

    private mutating func clear() {
        for index in values.indices { values[index] = Value() }
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
                case .ancestor:
                    if use.rank < values[width + use.rule].rank { values[width + use.rule] = value }
                case .span, .scope, .resource:
                    if use.rank < values[use.rule].rank { values[use.rule] = value }
                }
            }
        }
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
            agent.rank = rank
            if rank < values[rule].rank { values[rule] = agent }
            if rank < values[width + rule].rank { values[width + rule] = agent }
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

    // MARK: Sets

    /// The set of the present values, from the memory or else from the table.
    private mutating func setOfValues(_ body: Span<UInt8>) -> DimensionSet {
        var identity = DimensionIdentity()
        var hasValues = false
        for rule in 0..<width {
            let (own, offer) = (values[rule], values[width + rule])
            guard own.rank & offer.rank != .max else { continue }
            hasValues = true
            if own.rank != .max, offer.rank != .max, own.hash == offer.hash {
                identity.add(UInt8(rule), own.rank, offer.rank, own.hash)
                continue
            }
            if own.rank != .max { identity.add(UInt8(rule), own.rank, .max, own.hash) }
            if offer.rank != .max { identity.add(UInt8(rule), .max, offer.rank, offer.hash) }
        }
        guard hasValues else { return table.nothing }
        if let known = recent[identity.hash] { return known }
        return newSet(identity.hash, body)
    }

    @inline(never)
    private mutating func newSet(_ identity: UInt64, _ body: Span<UInt8>) -> DimensionSet {
        draft.removeAll()
        for rule in 0..<width {
            let (own, offer) = (values[rule], values[width + rule])
            if own.rank != .max, offer.rank != .max, own.hash == offer.hash {
                append(own, rule, own: own.rank, offer: offer.rank, body)
                continue
            }
            if own.rank != .max { append(own, rule, own: own.rank, offer: .max, body) }
            if offer.rank != .max { append(offer, rule, own: .max, offer: offer.rank, body) }
        }
        let set = table.set(of: draft)
        // A set that found no room is asked for again.
        if set.number != 0 { recent.remember(set, as: identity) }
        return set
    }

    private mutating func append(_ value: Value, _ rule: Int, own: UInt8, offer: UInt8, _ body: Span<UInt8>) {
        var (text, hash) = (bytes(of: value, body), value.hash)
        if rule == table.userRule, let userHash = table.userHash {
            text = userHash.text(of: text.span)
            // Another dimension may have the same value, as it is.
            hash = mix64(hash ^ 0x1D8E_4E27_C47D_124F, 0xA076_1D64_78BD_642F)
        }
        draft.append(rule: UInt8(rule), own: own, offer: offer, hash: hash, text)
    }

    private func bytes(of value: Value, _ body: Span<UInt8>) -> [UInt8] {
        switch value.value {
        case .string(let range): DimensionText.bytes(of: range, in: value.isKept ? kept.span : body)
        case .int(let number): Array("\(number.asSent)".utf8)
        case .double(let number): Array("\(number.asSent)".utf8)
        case .bool(let flag): Array((flag ? "true" : "false").utf8)
        case .empty, .structured: []
        }
    }

    /// The same values, with their texts among the kept bytes.
    private mutating func keep(_ values: ArraySlice<Value>, _ source: Span<UInt8>) -> [Value] {
        values.map { value in
            guard case .string(let range) = value.value else { return value }
            var value = value
            value.isKept = true
            value.value = .string(ByteRange(offset: kept.count, length: Int(range.length)))
            for index in range.indices { kept.append(source[index]) }
            return value
        }
    }
}
