// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Reads the values of the labels that the settings add from spans, their scopes and resources.
struct LabelReader: Sendable {
    /// The use of an attribute key for one label.
    private struct Use: Sendable {
        let owner: Owner
        let rule: Int
        let rank: UInt8
    }

    private enum Owner: Sendable { case span, ancestor, scope, resource }

    private let table: AttributionTable
    /// The uses of all attribute keys, ordered by the numbers of the keys.
    private let uses: [Use]
    /// By the number of the attribute key: the index of its first use; the uses of the next key follow.
    private let firstUses: [Int32]
    private let properties: [(property: CallProperty, rule: Int, rank: UInt8)]
    private let asksAncestors: Bool
    private let dialectNames: [Symbol]
    private var texts: SymbolCache
    private var recent: RecentAttributions

    /// The values of the batch's resources and scopes, by their numbers: one packed value for each rule.
    private var resources: [UInt64] = []
    private var scopes: [UInt64] = []
    /// The packed values of the present span: those of its own labels, and behind them what it offers to descendants if some
    /// label asks ancestors.
    private var words: [UInt64]
    /// The same for a span without values.
    private let noWords: [UInt64]
    /// The packed values of the batch's calls, one call after the other, and the hashes of each call's values.
    private var wordsOfCalls: [UInt64] = []
    private var hashesOfCalls: [UInt64] = []

    /// The largest size of all label sets that a reader remembers, in words.
    private static let recentWords = 1 << 18

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - table: The labels, and where their values are kept.
    ///   - tables: The keys, those of the labels among them.
    ///   - dialectNames: The names of the dialects, by their numbers.
    ///   - symbols: Where values get their symbols.
    init(_ table: AttributionTable, tables: DialectTables, dialectNames: [String], symbols: SymbolTable) {
        self.table = table
        var uses = [[Use]](repeating: [], count: tables.statements.count)
        var properties: [(property: CallProperty, rule: Int, rank: UInt8)] = []
        var keys = tables.keys
        for (index, rule) in table.rules.enumerated() {
            for (rank, source) in rule.sources.enumerated() {
                let rank = UInt8(clamping: rank)
                func use(_ key: String, _ owner: Owner) {
                    uses[Int(keys.id(of: key))].append(Use(owner: owner, rule: index, rank: rank))
                }
                switch source {
                case .span(let key): use(key, .span)
                case .ancestor(let key): use(key, .ancestor)
                case .scope(let key): use(key, .scope)
                case .resource(let key): use(key, .resource)
                case .call(let property): properties.append((property, index, rank))
                }
            }
        }
        self.uses = Array(uses.joined())
        firstUses = uses.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1.count)) }
        self.properties = properties
        asksAncestors = self.uses.contains { $0.owner == .ancestor }
        self.dialectNames = dialectNames.map { symbols.symbol(for: $0, in: .label) }
        noWords = [UInt64](
            repeating: AttributionTable.Value.none.packed, count: table.rules.count * (asksAncestors ? 2 : 1))
        words = noWords
        // One cache for the values of all labels.
        texts = SymbolCache(.label, table: symbols, size: .large)
        recent = RecentAttributions(
            width: noWords.count, most: min(32_768, Self.recentWords / max(1, noWords.count)), salt: symbols.salt)
    }

    /// Reads the values of a batch's scopes and resources.
    mutating func begin(_ batch: SpanBatch, _ body: Span<UInt8>) {
        let count = table.rules.count
        func forget(_ values: inout [UInt64], keepingLast: Bool) {
            values.removeSubrange(0..<(keepingLast ? max(0, values.count - count) : values.count))
        }
        forget(&resources, keepingLast: batch.continuesResource)
        for resource in batch.resources.dropFirst(resources.count / count) {
            words = noWords
            read(resource.attributes, of: .resource, batch, body)
            resources += words[..<count]
        }
        forget(&scopes, keepingLast: batch.continuesScope)
        for scope in batch.scopes.dropFirst(scopes.count / count) {
            words = noWords
            read(scope.attributes, of: .scope, batch, body)
            scopes += words[..<count]
        }
    }

    /// The attribution of a call's span.
    mutating func attribution(
        of span: SpanRecord, _ call: borrowing ModelCall, _ batch: SpanBatch, _ body: Span<UInt8>
    ) -> Attribution {
        readWords(of: span, call, batch, body)
        return attributionOfWords()
    }

    /// Reads the values of the next call of a batch, for ``attribute(_:)``.
    mutating func read(_ call: borrowing ModelCall, of span: SpanRecord, _ batch: SpanBatch, _ body: Span<UInt8>) {
        readWords(of: span, call, batch, body)
        for word in words { wordsOfCalls.append(word) }
        hashesOfCalls.append(recent.hash(of: words.span))
    }

    /// Sets the attributions of a batch's calls.
    ///
    /// With thousands of label sets each look-up would wait for memory. Here they ask for it together.
    ///
    /// - Parameter calls: Its last calls are those that were read since the last time.
    mutating func attribute(_ calls: inout [ModelCall]) {
        // Taken out, so that no other reference to them makes copies.
        var (words, hashes, width) = ([UInt64](), [UInt64](), words.count)
        swap(&words, &wordsOfCalls)
        swap(&hashes, &hashesOfCalls)
        let first = calls.count - hashes.count
        for hash in hashes { recent.fetchSlot(hash) }
        for hash in hashes { recent.fetchSet(hash) }
        for index in hashes.indices {
            let set = words.span.extracting(index * width..<(index + 1) * width)
            calls[first + index].attribution = attribution(of: set, hash: hashes[index])
        }
        words.removeAll(keepingCapacity: true)
        hashes.removeAll(keepingCapacity: true)
        swap(&words, &wordsOfCalls)
        swap(&hashes, &hashesOfCalls)
    }

    /// Reads the values of a call's span into the present ones.
    private mutating func readWords(
        of span: SpanRecord, _ call: borrowing ModelCall, _ batch: SpanBatch, _ body: Span<UInt8>
    ) {
        let count = table.rules.count
        let (resource, scope) = (Int(span.resource) * count, Int(span.scope) * count)
        for rule in 0..<count {
            let (ofResource, ofScope) = (resources[resource + rule], scopes[scope + rule])
            words[rule] = ofResource.rank < ofScope.rank ? ofResource : ofScope
        }
        for index in count..<words.count { words[index] = AttributionTable.Value.none.packed }
        read(span.attributes, of: .span, batch, body)
        for (property, rule, rank) in properties where rank < words[rule].rank {
            let text = symbol(of: property, call)
            if text != .absent { words[rule] = AttributionTable.Value(text: text, rank: rank).packed }
        }
    }

    /// The attribution that a span that is not a call offers to its descendants.
    mutating func offer(of span: SpanRecord, _ batch: SpanBatch, _ body: Span<UInt8>) -> Attribution {
        guard asksAncestors else { return .none }
        for index in words.indices { words[index] = AttributionTable.Value.none.packed }
        read(span.attributes, of: .ancestor, batch, body)
        guard words != noWords else { return .none }
        return attributionOfWords()
    }

    private mutating func attributionOfWords() -> Attribution {
        let words = words
        return attribution(of: words.span, hash: recent.hash(of: words.span))
    }

    /// The attribution of a label set, from the memory or else from the table.
    @inline(__always)
    private mutating func attribution(of set: Span<UInt64>, hash: UInt64) -> Attribution {
        if let known = recent.attribution(of: set, hash: hash) { return known }
        let attribution = table.attribution(of: AttributionTable.Entry(packed: set, rules: table.rules.count))
        recent.remember(set, hash: hash, as: attribution)
        return attribution
    }

    /// Reads attributes into the present values: those of a span also as what it offers to its descendants.
    private mutating func read(
        _ attributes: AttributeRange, of owner: Owner, _ batch: SpanBatch, _ body: Span<UInt8>
    ) {
        let attributes = batch.attributes.span.extracting(attributes.indices)
        for index in attributes.indices {
            let key = Int(attributes[index].key)
            let (first, end) = (Int(firstUses[key]), Int(firstUses[key + 1]))
            guard first < end else { continue }
            var text: Symbol?
            for use in first..<end {
                let use = uses[use]
                guard use.owner == owner || use.owner == .ancestor && owner == .span else { continue }
                let word = use.owner == .ancestor ? table.rules.count + use.rule : use.rule
                guard use.rank < words[word].rank else { continue }
                let value = text ?? symbol(of: attributes[index].value, body)
                text = value
                if value != .absent { words[word] = AttributionTable.Value(text: value, rank: use.rank).packed }
            }
        }
    }

    private mutating func symbol(of value: AttributeValue, _ body: Span<UInt8>) -> Symbol {
        switch value {
        case .string(let range): texts.symbol(at: range, in: body)
        case .bool(let flag): texts.symbol(of: flag ? "true" : "false")
        case .int(let number): texts.symbol(of: "\(number)")
        case .double(let number): texts.symbol(of: "\(number)")
        case .empty, .structured: .absent
        }
    }

    private func symbol(of property: CallProperty, _ call: borrowing ModelCall) -> Symbol {
        switch property {
        case .provider: call.provider
        case .tier: call.tier
        case .requestModel: call.requestModel
        case .responseModel: call.responseModel
        case .dialect: dialectNames[Int(call.dialect)]
        // Known once the call is priced.
        case .region, .bookID: .absent
        }
    }
}

extension AttributionTable.Value {
    /// The value in one word.
    fileprivate var packed: UInt64 { UInt64(text.number) << 8 | UInt64(rank) }
}

extension UInt64 {
    /// The rank of a packed value.
    fileprivate var rank: UInt8 { UInt8(truncatingIfNeeded: self) }
}

extension AttributionTable.Entry {
    /// Unpacks the values of a span: its own ones, and behind them those that it offers, if there are any.
    fileprivate init(packed words: Span<UInt64>, rules: Int) {
        let values = words.indices.map {
            AttributionTable.Value(text: Symbol(number: UInt32(words[$0] >> 8)), rank: words[$0].rank)
        }
        self.init(
            own: Array(values.prefix(rules)),
            offers: values.count == rules ? values.map { _ in .none } : Array(values.dropFirst(rules)))
    }
}
