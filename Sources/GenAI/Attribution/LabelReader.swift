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
    /// By the number of the attribute key.
    private let uses: [[Use]]
    private let properties: [(property: CallProperty, rule: Int, rank: UInt8)]
    private let asksAncestors: Bool
    private let dialectNames: [Symbol]
    private let nothing: AttributionTable.Entry
    private var texts: SymbolCache

    /// The values of the batch's resources and scopes, by their numbers.
    private var resources: [[AttributionTable.Value]] = []
    private var scopes: [[AttributionTable.Value]] = []
    /// The entry that was looked up last, and its attribution; consecutive spans mostly have the same.
    private var latest: (entry: AttributionTable.Entry, attribution: Attribution)

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
        self.uses = uses
        self.properties = properties
        asksAncestors = uses.joined().contains { $0.owner == .ancestor }
        self.dialectNames = dialectNames.map { symbols.symbol(for: $0, in: .label) }
        nothing = AttributionTable.Entry(
            own: table.rules.map { _ in .none }, offers: table.rules.map { _ in .none })
        latest = (nothing, table.attribution(of: nothing))
        texts = SymbolCache(.label, table: symbols)
    }

    /// Reads the values of a batch's scopes and resources.
    mutating func begin(_ batch: SpanBatch, _ body: Span<UInt8>) {
        let resource = batch.continuesResource ? resources.last : nil
        resources.removeAll(keepingCapacity: true)
        if let resource { resources.append(resource) }
        for resource in batch.resources.dropFirst(resources.count) {
            var values = nothing.own
            read(resource.attributes, of: .resource, batch, body, into: &values)
            resources.append(values)
        }
        let scope = batch.continuesScope ? scopes.last : nil
        scopes.removeAll(keepingCapacity: true)
        if let scope { scopes.append(scope) }
        for scope in batch.scopes.dropFirst(scopes.count) {
            var values = nothing.own
            read(scope.attributes, of: .scope, batch, body, into: &values)
            scopes.append(values)
        }
    }

    /// The attribution of a call's span.
    mutating func attribution(
        of span: SpanRecord, _ call: borrowing ModelCall, _ batch: SpanBatch, _ body: Span<UInt8>
    ) -> Attribution {
        var entry = nothing
        for rule in table.rules.indices {
            let (resource, scope) = (resources[Int(span.resource)][rule], scopes[Int(span.scope)][rule])
            entry.own[rule] = resource.rank < scope.rank ? resource : scope
        }
        read(span.attributes, of: .span, batch, body, into: &entry.own)
        for (property, rule, rank) in properties where rank < entry.own[rule].rank {
            let text = symbol(of: property, call)
            if text != .absent { entry.own[rule] = AttributionTable.Value(text: text, rank: rank) }
        }
        if asksAncestors { read(span.attributes, of: .ancestor, batch, body, into: &entry.offers) }
        return attribution(of: entry)
    }

    /// The attribution that a span that is not a call offers to its descendants.
    mutating func offer(of span: SpanRecord, _ batch: SpanBatch, _ body: Span<UInt8>) -> Attribution {
        guard asksAncestors else { return .none }
        var entry = nothing
        read(span.attributes, of: .ancestor, batch, body, into: &entry.offers)
        return entry == nothing ? .none : attribution(of: entry)
    }

    private mutating func attribution(of entry: AttributionTable.Entry) -> Attribution {
        if latest.entry != entry { latest = (entry, table.attribution(of: entry)) }
        return latest.attribution
    }

    private mutating func read(
        _ attributes: AttributeRange, of owner: Owner, _ batch: SpanBatch, _ body: Span<UInt8>,
        into values: inout [AttributionTable.Value]
    ) {
        for index in attributes.indices {
            let attribute = batch.attributes[index]
            for use in uses[Int(attribute.key)] where use.owner == owner && use.rank < values[use.rule].rank {
                let text = symbol(of: attribute.value, body)
                guard text != .absent else { continue }
                values[use.rule] = AttributionTable.Value(text: text, rank: use.rank)
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
