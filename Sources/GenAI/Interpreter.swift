// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// GenAI: spans as model calls.
///
/// An interpreter belongs to one reader of bodies, since it remembers the values it has met; its dialects and its
/// symbols are those of everyone.
package struct Interpreter: Sendable {
    private let dialects: [any Dialect]
    let tables: DialectTables
    /// The dialects that can tell what a span is, in the order in which they are asked, and what marks their spans.
    private let askable: [(dialect: Int, marks: UInt64)]
    private let anyMark: UInt64
    /// The dialect to name where none has told.
    private let conventions: UInt8

    var models: SymbolCache
    var providers: SymbolCache
    var customOperations: SymbolCache
    var errorTypes: SymbolCache
    var serverAddresses: SymbolCache
    var tiers: SymbolCache
    var inferenceGeos: SymbolCache
    /// The symbols of known operations, by their raw value.
    let knownOperations: [Symbol]
    let unknownError: Symbol
    /// The secret of everyone who uses the same symbols, so that their hashes of one text are equal.
    let salt: UInt64

    /// What is known of the scopes and resources of the batch, by their numbers.
    private var scopes: [(hash: UInt64, traits: ScopeTraits)] = []
    private var resources: [UInt64] = []
    private var labels: LabelReader?
    private var tenants: LabelReader?
    private let tenantReading: TenantReading
    private let recordsAccounts: Bool

    /// Makes an interpreter.
    ///
    /// - Parameters:
    ///   - dialects: The dialects it understands, in the order in which they are asked.
    ///   - symbols: Where label values get their symbols.
    ///   - attributions: The labels that settings add.
    ///   - tenants: What tells whose call one is.
    ///   - recordsAccounts: Whether it tells of each span how it was read; for explaining a body, not for serving.
    package init(
        dialects: [any Dialect] = Dialects.all, symbols: SymbolTable,
        attributions: AttributionTable = AttributionTable(), tenants: TenantReading = TenantReading(),
        recordsAccounts: Bool = false
    ) {
        tenantReading = tenants
        self.dialects = dialects
        self.recordsAccounts = recordsAccounts
        tables = DialectTables(dialects, labels: attributions.rules + tenants.values.rules)
        let last = dialects.indices.filter { dialects[$0].isAskedLast }
        askable = (dialects.indices.filter { !last.contains($0) } + last)
            .map { ($0, SpanFacts.mask(of: dialects[$0].marks)) }.filter { $0.1 != 0 }
        anyMark = askable.reduce(0) { $0 | $1.marks }
        conventions = UInt8(dialects.firstIndex { $0 is OpenTelemetryDialect } ?? 0)
        models = SymbolCache(.model, table: symbols)
        providers = SymbolCache(.provider, table: symbols, ignoring: FrameworkNames.all)
        customOperations = SymbolCache(.operation, table: symbols)
        errorTypes = SymbolCache(.errorType, table: symbols)
        serverAddresses = SymbolCache(.serverAddress, table: symbols)
        tiers = SymbolCache(.tier, table: symbols)
        // Both say that no place was asked for.
        inferenceGeos = SymbolCache(.inferenceGeo, table: symbols, ignoring: ["global", "not_available"])
        knownOperations = KnownOperation.allCases.map { symbols.symbol(for: $0.name, in: .operation) }
        // The conventions' own word for an error whose type is not known (`error.type`).
        unknownError = symbols.symbol(for: "_OTHER", in: .errorType)
        salt = symbols.salt
        if !attributions.rules.isEmpty {
            labels = LabelReader(
                attributions, tables: tables, dialectNames: dialects.map(\.name), symbols: symbols)
        }
        if !tenants.values.rules.isEmpty {
            self.tenants = LabelReader(
                tenants.values, tables: tables, dialectNames: dialects.map(\.name), symbols: symbols)
        }
    }

    /// The attribute keys that an interpreter of these dialects and labels looks at; a reader of spans has to be told.
    package static func keys(
        of dialects: [any Dialect] = Dialects.all, labels: [LabelRule] = []
    ) -> AttributeKeys {
        DialectTables(dialects, labels: labels).keys
    }

    /// The names of events that an interpreter of these dialects looks at; a reader of spans has to be told.
    package static func eventNames(of dialects: [any Dialect] = Dialects.all) -> AttributeKeys {
        DialectTables(dialects).eventNames
    }

    /// Reads the model calls out of a batch.
    ///
    /// - Parameters:
    ///   - batch: The spans of one body, read with ``keys(of:)`` and ``eventNames(of:)``.
    ///   - body: The bytes that the batch refers to.
    ///   - spans: Gets calls, aggregates and links appended, in the order of the batch.
    /// - Returns: What was met besides.
    package mutating func interpret(
        _ batch: SpanBatch, body: Span<UInt8>, into spans: inout InterpretedSpans
    ) -> InterpretationReport {
        var report = InterpretationReport()
        readOrigins(of: batch, body)
        labels?.begin(batch, body)
        tenants?.begin(batch, body)
        var facts = SpanFacts()
        var usage = ReportedUsage()
        for span in batch.spans {
            gather(span, batch, body, &facts)
            if recordsAccounts { spans.accounts.append(SpanAccount(dialect: teller(of: span, facts, body))) }
            guard let (role, dialect) = role(of: span, facts, body) else {
                report.otherSpans += 1
                var link = SpanLink(identity: span.identity, parentSpanID: span.parentSpanID)
                if let offer = labels?.offer(of: span, batch, body) { link.attribution = offer }
                spans.links.append(link)
                continue
            }
            // Filled where it will stay: a call is large, and this spares moving it.
            spans.calls.append(Self.blank)
            fill(
                &spans.calls[spans.calls.count - 1], span, role, dialect, batch, body, &facts, &usage, &report)
            if labels != nil || tenants != nil { attribute(&spans.calls[spans.calls.count - 1], span, batch, body) }
            if recordsAccounts { Self.completeAccount(of: &spans, facts, body) }
        }
        return report
    }

    private mutating func readOrigins(of batch: SpanBatch, _ body: Span<UInt8>) {
        scopes.removeAll(keepingCapacity: true)
        for scope in batch.scopes {
            scopes.append((hash(of: scope.name, body), tables.traits(of: scope.name, in: body)))
        }
        resources.removeAll(keepingCapacity: true)
        for resource in batch.resources { resources.append(hash(of: resource.content, body)) }
    }

    /// Apart, since most services have neither labels nor tenants.
    @inline(never)
    private mutating func attribute(
        _ call: inout ModelCall, _ span: SpanRecord, _ batch: SpanBatch, _ body: Span<UInt8>
    ) {
        if let attribution = labels?.attribution(of: span, call, batch, body) { call.attribution = attribution }
        if let tenant = tenants?.attribution(of: span, call, batch, body) {
            call.tenantClass = tenantReading.tenantClass(of: tenant.number)
        }
    }

    /// A hash of some text; 0 for none.
    private func hash(of place: ByteRange, _ body: Span<UInt8>) -> UInt64 {
        guard place.length > 0 else { return 0 }
        let hash = body.hash(at: Int(place.offset), length: Int(place.length), salt: salt)
        return hash == 0 ? 1 : hash
    }

    @inline(__always)
    private func gather(_ span: SpanRecord, _ batch: SpanBatch, _ body: Span<UInt8>, _ facts: inout SpanFacts) {
        facts.removeAll()
        facts.scope = scopes[Int(span.scope)].traits
        for index in span.attributes.indices {
            let attribute = batch.attributes[index]
            let statement = tables.statements[Int(attribute.key)]
            if statement.form == .plain {
                facts.state(statement.fact, attribute.value, rank: statement.rank)
            } else {
                take(attribute.value, as: statement, body, &facts)
            }
        }
    }

    /// Takes a value that is not stated as it stands.
    private func take(
        _ value: AttributeValue, as statement: DialectTables.Statement, _ body: Span<UInt8>, _ facts: inout SpanFacts
    ) {
        switch (statement.form, value) {
        case (.embedded, .string(let place)):
            guard facts.embedded.count < Self.mostEmbedded else { return }
            facts.embedded.append((statement.detail, place))
        case (.embedded, _): break
        case (.quoted, .string(let place)):
            facts.state(statement.fact, .string(body.unquoted(place)), rank: statement.rank)
        case (.scoped, _):
            guard facts.scope.isSuperset(of: ScopeTraits(rawValue: statement.detail)) else { return }
            facts.state(statement.fact, value, rank: statement.rank)
        case (.configured, _):
            facts.state(statement.fact, value, rank: statement.rank)
            facts.state(.customCount, .bool(true), rank: 0)
        case (.label, _): break
        default: facts.state(statement.fact, value, rank: statement.rank)
        }
    }

    /// How many objects of one span are looked into.
    private static let mostEmbedded = 16

    /// What a span is, and the dialect that told; `nil` for one that is neither call nor aggregate.
    @inline(__always)
    private func role(
        of span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) -> (role: SpanRole, dialect: UInt8)? {
        if facts.states(anyOf: anyMark) {
            for entry in askable where facts.states(anyOf: entry.marks) {
                guard let role = dialects[entry.dialect].role(of: span, facts: facts, body: body) else { continue }
                return role == .other ? nil : (role, UInt8(truncatingIfNeeded: entry.dialect))
            }
        }
        // Usage alone makes no call: it may be the sum of an agent that says nowhere that it is one.
        return facts.statesUsage ? (.aggregate(.known(.invokeAgent)), conventions) : nil
    }

    /// The name of the dialect that told what a span is, `.other` included; `nil` when none did.
    private func teller(of span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>) -> String? {
        for entry in askable where facts.states(anyOf: entry.marks) {
            guard dialects[entry.dialect].role(of: span, facts: facts, body: body) != nil else { continue }
            return dialects[entry.dialect].name
        }
        return nil
    }

    private static let blank = ModelCall(identity: SpanIdentity(traceIDHigh: 0, traceIDLow: 0, spanID: 0))

    /// The hashes of a span's resource and scope.
    @inline(__always)
    func origin(of span: SpanRecord) -> (resource: UInt64, scope: UInt64) {
        (resources[Int(span.resource)], scopes[Int(span.scope)].hash)
    }
}

/// What an interpreter met besides model calls.
package struct InterpretationReport: Sendable, Equatable {
    /// Spans that are neither calls nor aggregates.
    package var otherSpans = 0
    /// Calls and aggregates with an anomaly, in the order of ``UsageAnomalies/named``.
    package var anomalies = [Int](repeating: 0, count: UsageAnomalies.named.count)

    package init() {}

    mutating func count(_ found: UsageAnomalies) {
        guard !found.isEmpty else { return }
        for (index, entry) in UsageAnomalies.named.enumerated() where found.contains(entry.anomaly) {
            anomalies[index] += 1
        }
    }
}

extension SpanRecord {
    @inline(__always)
    var identity: SpanIdentity {
        SpanIdentity(traceIDHigh: traceIDHigh, traceIDLow: traceIDLow, spanID: spanID)
    }
}
