// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// GenAI: interprets spans as model calls.
///
/// An interpreter belongs to one reader of bodies, since it caches values; all interpreters share dialects and symbols.
package struct Interpreter: Sendable {
    let dialects: [any Dialect]
    let tables: DialectTables
    /// The dialects that have marks, in the order in which they are asked, and the marks of their spans.
    let askable: [(dialect: Int, marks: UInt64)]
    /// By the raw value of a fact: the indices in ``askable`` of the dialects that the fact marks spans of, as bits.
    let marked: [UInt64]
    let anyMark: UInt64
    /// The facts of which a span states at least one if it is a call or an aggregate, runs a tool, or names a model.
    private let telling: FactBits
    /// The index of the conventions' own dialect; -1 if it is not among the dialects.
    let conventions: Int
    /// The marks of the dialects that are asked before the conventions; all marks if the conventions are not among the dialects.
    let earlierMarks: UInt64
    /// The conventions' words for operations.
    let conventionalWords = OpenTelemetryDialect.roles

    var models: SymbolCache
    var providers: SymbolCache
    var customOperations: SymbolCache
    var errorTypes: SymbolCache
    var serverAddresses: SymbolCache
    var tiers: SymbolCache
    var inferenceGeos: SymbolCache
    /// The namespaces whose span kinds count.
    var namespacesOfCalls = RecentNamespaces()
    /// The symbols of models whose names have no symbol of their own.
    var standIns: StandInCache
    var countings: ProviderCountings
    /// The symbols of known operations, by their raw value.
    let knownOperations: [Symbol]
    let unknownError: Symbol
    let openRouter: Symbol
    /// The secret of all who share the symbols, so that their hashes of a text are equal.
    let salt: UInt64

    /// The hashes and traits of the batch's scopes and resources, by their numbers.
    private var scopes: [(hash: UInt64, traits: ScopeTraits)] = []
    private var resources: [UInt64] = []
    /// The regions that the resources state, by their numbers; empty if none does.
    private var regions: [ByteRange?] = []
    /// Whether some resource of the batch states its region.
    var hasRegions: Bool { !regions.isEmpty }
    private var labels: LabelReader?
    private var tenants: LabelReader?
    /// Whether there are labels or tenants.
    private let readsLabels: Bool
    private let tenantReading: TenantReading
    var dimensions: DimensionReader?
    let invokesAgent: Symbol
    private let readsRoots: Bool
    private let recordsAccounts: Bool

    /// Makes an interpreter.
    ///
    /// - Parameters:
    ///   - dialects: The dialects, in the order in which they are asked.
    ///   - symbols: The table that makes the symbols of label values.
    ///   - attributions: The labels that the settings add.
    ///   - tenants: The attributes that identify tenants.
    ///   - dimensions: The dimensions of the ledger; `nil` reads none.
    ///   - recordsAccounts: Whether to record an account of each span, for explanations.
    package init(
        dialects: [any Dialect] = Dialects.all, symbols: SymbolTable,
        attributions: AttributionTable = AttributionTable(), tenants: TenantReading = TenantReading(),
        dimensions: DimensionReading? = nil, recordsAccounts: Bool = false
    ) {
        tenantReading = tenants
        self.dialects = dialects
        self.recordsAccounts = recordsAccounts
        tables = DialectTables(
            dialects, labels: attributions.rules + tenants.values.rules, dimensions: dimensions?.table.rules ?? [])
        let last = dialects.indices.filter { dialects[$0].isAskedLast }
        precondition(
            dialects.allSatisfy { $0.marks.allSatisfy { $0.rawValue < 64 } }, "marks are among the first 64 facts")
        askable = (dialects.indices.filter { !last.contains($0) } + last)
            .map { ($0, UInt64(truncatingIfNeeded: SpanFacts.mask(of: dialects[$0].marks))) }.filter { $0.1 != 0 }
        precondition(askable.count <= 64, "at most 64 dialects can tell what a span is")
        marked = Fact.allCases.map { [askable] fact in
            askable.indices.reduce(0) { FactBits(askable[$1].marks) & fact.bit == 0 ? $0 : $0 | 1 << UInt64($1) }
        }
        anyMark = askable.reduce(0) { $0 | $1.marks }
        telling = FactBits(anyMark) | SpanFacts.usage | SpanFacts.models | Fact.operation.bit | Fact.tool.bit
        readsLabels = !attributions.rules.isEmpty || !tenants.values.rules.isEmpty
        let conventions = dialects.firstIndex { $0 is OpenTelemetryDialect } ?? -1
        self.conventions = conventions
        let earlier = askable.prefix { $0.dialect != conventions }
        earlierMarks = earlier.count < askable.count ? earlier.reduce(0) { $0 | $1.marks } : .max
        models = SymbolCache(.model, table: symbols)
        providers = SymbolCache(.provider, table: symbols, ignoring: FrameworkNames.all)
        customOperations = SymbolCache(.operation, table: symbols)
        errorTypes = SymbolCache(.errorType, table: symbols)
        serverAddresses = SymbolCache(.serverAddress, table: symbols)
        tiers = SymbolCache(.tier, table: symbols)
        // Both say that no region was requested.
        inferenceGeos = SymbolCache(.inferenceGeo, table: symbols, ignoring: ["global", "not_available"])
        knownOperations = KnownOperation.allCases.map { symbols.symbol(for: $0.name, in: .operation) }
        invokesAgent = knownOperations[Int(KnownOperation.invokeAgent.rawValue)]
        readsRoots = dimensions?.readsTraceNames ?? false
        // The conventions' own word for an error whose type is not known (`error.type`).
        unknownError = symbols.symbol(for: ConventionalValues.unknownError, in: .errorType)
        openRouter = symbols.symbol(for: "openrouter", in: .provider)
        standIns = StandInCache(table: symbols)
        countings = ProviderCountings(symbols: symbols)
        salt = symbols.salt
        if !attributions.rules.isEmpty {
            labels = LabelReader(
                attributions, tables: tables, dialectNames: dialects.map(\.name), symbols: symbols)
        }
        if !tenants.values.rules.isEmpty {
            self.tenants = LabelReader(
                tenants.values, tables: tables, dialectNames: dialects.map(\.name), symbols: symbols)
        }
        if let table = dimensions?.table, !table.rules.isEmpty {
            self.dimensions = DimensionReader(table, tables: tables)
        }
    }

    /// The attribute keys that an interpreter of these dialects, labels and dimensions needs; the reader of spans has to
    /// keep them.
    package static func keys(
        of dialects: [any Dialect] = Dialects.all, labels: [LabelRule] = [], dimensions: [DimensionRule] = []
    ) -> AttributeKeys {
        DialectTables(dialects, labels: labels, dimensions: dimensions).keys
    }

    /// The names of events that an interpreter of these dialects needs; the reader of spans has to keep them.
    package static func eventNames(of dialects: [any Dialect] = Dialects.all) -> AttributeKeys {
        DialectTables(dialects).eventNames
    }

    /// Reads the model calls out of a batch.
    ///
    /// - Parameters:
    ///   - batch: The spans of one body, or of a slice of it, read with ``keys(of:)`` and ``eventNames(of:)``. One interpreter
    ///     must get all slices of a body, in their order.
    ///   - body: The bytes that the batch refers to.
    ///   - spans: Gets calls, aggregates and pass-through spans appended, in the order of the batch.
    /// - Returns: Figures about the spans.
    package mutating func interpret(
        _ batch: SpanBatch, body: Span<UInt8>, into spans: inout InterpretedSpans
    ) -> InterpretationReport {
        var report = InterpretationReport()
        readOrigins(of: batch, body)
        labels?.begin(batch, body)
        tenants?.begin(batch, body)
        dimensions?.begin(batch, body)
        var facts = SpanFacts()
        var usage = ReportedUsage()
        // Looked at here once, not for each span in what changes while it interprets.
        let tables = tables
        let (attributes, statements) = (batch.attributes.span, tables.statements.span)
        let owners = dimensions?.owners ?? []
        let offering = owners.span
        for span in batch.spans {
            facts.removeAll()
            if readsRoots, span.parent == 0 { spans.roots.append(span, body) }
            facts.scope = scopes[Int(span.scope)].traits
            let first = Int(span.attributes.first)
            facts.gather(
                attributes.extracting(first..<first &+ Int(span.attributes.count)), statements, body)
            // Most spans of an application state none of these facts, and the steps below would find nothing in them.
            if !facts.states(anyOf: telling), facts.marks.isEmpty, span.events.count == 0, !recordsAccounts {
                report.otherSpans += 1
                var passing = PassThroughSpan(identity: span.identity, parentSpanID: span.parent)
                if let offer = labels?.offer(of: span, batch, body) { passing.attribution = offer }
                passing.dimensions = offeredDimensions(of: span, offering, batch, body)
                spans.passThrough.append(passing)
                continue
            }
            if recordsAccounts { spans.accounts.append(SpanAccount(dialect: teller(of: span, facts, body))) }
            var told = role(of: span, facts, body)
            if facts.marks.contains(.words) || span.events.count > 0 {
                told = readByWords(told, of: span, batch, &facts, body)
            }
            guard let (role, dialect) = told else {
                report.otherSpans += 1
                if !facts.marks.isEmpty {
                    noteUnread(of: span, isCall: false, batch, facts, body, &report, &spans.accounts)
                }
                var passing = PassThroughSpan(identity: span.identity, parentSpanID: span.parent)
                if let offer = labels?.offer(of: span, batch, body) { passing.attribution = offer }
                passing.dimensions = offeredDimensions(of: span, offering, batch, body)
                if facts.statesModel { name(&passing, facts, body) }
                if facts.text(.tool) != nil || facts.stated(among: anyMark) != 0 || facts.marks.contains(.words) {
                    passing.isTool = isTool(span, facts, body)
                }
                spans.passThrough.append(passing)
                continue
            }
            if !facts.embedded.isEmpty { tables.lookInside(&facts, usageOnly: role.isAggregate, body) }
            let firstToken = span.events.count == 0 ? nil : tables.readEvents(of: span, batch, &facts)
            // Filled where it will stay: a call is large, and this spares moving it.
            spans.calls.append(Self.blank)
            let odd = fill(
                &spans.calls[spans.calls.count - 1], span, role, dialect, firstToken, facts, body, &usage, &report)
            if !facts.embedded.isEmpty,
                odd.contains(.totalExceedsParts) || !spans.calls[spans.calls.count - 1].reportsUsage
            {
                readAnswer(of: &spans.calls[spans.calls.count - 1], odd, &facts, body, &usage, &report)
            }
            if odd.contains(.refusedCount) {
                // They are forgotten when another spelling is looked for.
                if recordsAccounts { spans.accounts[spans.accounts.count - 1].refused = Self.refused(facts, body) }
                findOtherSpellings(
                    for: &spans.calls[spans.calls.count - 1], of: span, batch, &facts, body, &usage, &report)
            }
            if facts.marks.contains(.readByWords) { report.countReadByWords(scope: span.scope) }
            if !facts.marks.isEmpty {
                noteUnread(
                    of: spans.calls[spans.calls.count - 1], span, batch, facts, body, &report, &spans.accounts)
            }
            if lacksStatedName(spans.calls[spans.calls.count - 1], facts) {
                findOtherNames(of: &spans.calls[spans.calls.count - 1], span, batch, &facts, body)
            }
            if readsLabels { findTenant(of: &spans.calls[spans.calls.count - 1], span, batch, body) }
            if spans.calls[spans.calls.count - 1].lacksModelSymbol {
                findStandIns(of: &spans.calls[spans.calls.count - 1], facts, body)
            }
            if readsLabels { labels?.read(spans.calls[spans.calls.count - 1], of: span, batch, body) }
            if dimensions != nil { readDimensions(of: &spans.calls[spans.calls.count - 1], span, batch, body) }
            if recordsAccounts { Self.completeAccount(of: &spans, facts, body) }
        }
        labels?.attribute(&spans.calls)
        return report
    }

    private mutating func readOrigins(of batch: SpanBatch, _ body: Span<UInt8>) {
        // Most slices begin in the middle of a resource and a scope. These may be as long as a body, so their hashes are kept.
        let scope = batch.continuesScope ? scopes.last : nil
        scopes.removeAll(keepingCapacity: true)
        if let scope { scopes.append(scope) }
        for scope in batch.scopes.dropFirst(scopes.count) {
            scopes.append((hash(of: scope.name, body), tables.traits(of: scope.name, in: body)))
        }
        let resource = batch.continuesResource ? resources.last : nil
        resources.removeAll(keepingCapacity: true)
        if let resource { resources.append(resource) }
        for resource in batch.resources.dropFirst(resources.count) {
            resources.append(hash(of: resource.content, body))
        }
        readRegions(of: batch)
    }

    private mutating func readRegions(of batch: SpanBatch) {
        let kept = batch.continuesResource ? regions.last ?? nil : nil
        regions.removeAll(keepingCapacity: true)
        for (number, resource) in batch.resources.enumerated() {
            let isKept = number == 0 && batch.continuesResource
            guard let region = isKept ? kept : tables.region(in: batch, resource.attributes) else { continue }
            while regions.count < batch.resources.count { regions.append(nil) }
            regions[number] = region
        }
    }

    /// The region that the resource of a span states.
    func region(of span: SpanRecord) -> ByteRange? { regions[Int(span.resource)] }

    /// Apart, since most services have no tenants.
    @inline(never)
    private mutating func findTenant(
        of call: inout ModelCall, _ span: SpanRecord, _ batch: SpanBatch, _ body: Span<UInt8>
    ) {
        if let tenant = tenants?.attribution(of: span, call, batch, body) {
            call.tenantClass = tenantReading.tenantClass(of: tenant.number)
        }
    }

    /// Kept out of line, since most models have symbols of their own.
    @inline(never)
    private mutating func findStandIns(
        of call: inout ModelCall, _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) {
        // The same facts, in the same order, as the names were read from.
        if call.responseModel == .overflow {
            let range = facts.text(.responseModel) ?? facts.text(.model)
            call.responseModel = standIns.symbol(at: range, in: body, of: call)
        }
        if call.requestModel == .overflow {
            let range = facts.text(.requestModel) ?? facts.text(.model)
            call.requestModel = standIns.symbol(at: range, in: body, of: call)
        }
    }

    /// A hash of some text; 0 for none.
    func hash(of range: ByteRange, _ body: Span<UInt8>) -> UInt64 {
        guard range.length > 0 else { return 0 }
        let hash = body.hash(at: Int(range.offset), length: Int(range.length), salt: salt)
        return hash == 0 ? 1 : hash
    }

    private static let blank = ModelCall(identity: SpanIdentity(traceIDHigh: 0, traceIDLow: 0, spanID: 0))

    /// The hashes of a span's resource and scope.
    @inline(__always)
    func origin(of span: SpanRecord) -> (resource: UInt64, scope: UInt64) {
        (resources[Int(span.resource)], scopes[Int(span.scope)].hash)
    }
}
