// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// GenAI: spans as model calls.
///
/// An interpreter belongs to one reader of bodies, since it remembers the values it has met; its dialects and its
/// symbols are those of everyone.
package struct Interpreter: Sendable {
    private let dialects: [any Dialect]
    /// The facts that mark each dialect, as bits.
    private let marks: [UInt64]
    /// What each wanted key states, by the key's number.
    private let statements: [Statement]
    private let scopesExcludingCache: [[UInt8]]

    private var models: SymbolCache
    private var providers: SymbolCache
    private var customOperations: SymbolCache
    private var errorTypes: SymbolCache
    private var serverAddresses: SymbolCache
    private var tiers: SymbolCache
    /// The symbols of known operations, by their raw value.
    private let knownOperations: [Symbol]
    private let unknownError: Symbol
    private var scopeExcludesCache: [Bool] = []

    private struct Statement: Sendable {
        let fact: Fact
        let rank: UInt8
    }

    /// Makes an interpreter.
    ///
    /// - Parameters:
    ///   - dialects: The dialects it understands, in the order in which they are asked.
    ///   - symbols: Where label values get their symbols.
    package init(dialects: [any Dialect] = Dialects.all, symbols: SymbolTable) {
        self.dialects = dialects
        marks = dialects.map { SpanFacts.mask(of: $0.marks) }
        (_, statements) = Self.readTables(of: dialects)
        scopesExcludingCache = dialects.flatMap(\.scopesExcludingCache).map { Array($0.utf8) }
        models = SymbolCache(.model, table: symbols)
        providers = SymbolCache(.provider, table: symbols)
        customOperations = SymbolCache(.operation, table: symbols)
        errorTypes = SymbolCache(.errorType, table: symbols)
        serverAddresses = SymbolCache(.serverAddress, table: symbols)
        tiers = SymbolCache(.tier, table: symbols)
        knownOperations = KnownOperation.allCases.map { symbols.symbol(for: $0.name, in: .operation) }
        // The conventions' own word for an error whose type is not known (`error.type`).
        unknownError = symbols.symbol(for: "_OTHER", in: .errorType)
    }

    /// The attribute keys that an interpreter of these dialects looks at; a reader of spans has to be told.
    package static func keys(of dialects: [any Dialect] = Dialects.all) -> AttributeKeys {
        readTables(of: dialects).keys
    }

    /// Reads the model calls out of a batch.
    ///
    /// - Parameters:
    ///   - batch: The spans of one body, read with ``keys(of:)``.
    ///   - body: The bytes that the batch refers to.
    ///   - calls: Gets the calls appended, in the order of the batch.
    /// - Returns: What was met besides.
    package mutating func interpret(
        _ batch: SpanBatch, body: Span<UInt8>, into calls: inout [ModelCall]
    ) -> InterpretationReport {
        var report = InterpretationReport()
        scopeExcludesCache.removeAll(keepingCapacity: true)
        for scope in batch.scopes {
            scopeExcludesCache.append(scopesExcludingCache.contains { body.holds($0, at: scope.name) })
        }
        var facts = SpanFacts()
        for span in batch.spans {
            facts.removeAll()
            for index in span.attributes.indices {
                let attribute = batch.attributes[index]
                let statement = statements[Int(attribute.key)]
                facts.state(statement.fact, attribute.value, rank: statement.rank)
            }
            guard let operation = operation(of: span, facts, body) else {
                report.otherSpans += 1
                continue
            }
            // Filled where it will stay: a call is large, and this spares moving it.
            calls.append(Self.blank)
            fill(&calls[calls.count - 1], span, operation, facts, body, &report)
        }
        return report
    }

    /// The operation of a span that is a model call, else `nil`.
    private func operation(of span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>) -> Operation? {
        for index in dialects.indices where facts.states(anyOf: marks[index]) {
            guard let role = dialects[index].role(of: span, facts: facts, body: body) else { continue }
            guard case .modelCall(let operation) = role else { return nil }
            return operation
        }
        return nil
    }

    @inline(__always)
    private mutating func fill(
        _ call: inout ModelCall, _ span: SpanRecord, _ operation: Operation, _ facts: borrowing SpanFacts,
        _ body: Span<UInt8>, _ report: inout InterpretationReport
    ) {
        call.identity = SpanIdentity(
            traceIDHigh: span.traceIDHigh, traceIDLow: span.traceIDLow, spanID: span.spanID)
        call.parentSpanID = span.parentSpanID
        call.startNanoseconds = span.startNanoseconds
        call.endNanoseconds = span.endNanoseconds
        call.operation = symbol(of: operation, body)
        call.responseModel = models.symbol(at: facts.text(.responseModel), in: body)
        call.requestModel = models.symbol(at: facts.text(.requestModel), in: body)
        call.provider = providers.symbol(at: facts.text(.provider), in: body)
        call.serverAddress = serverAddresses.symbol(at: facts.text(.serverAddress), in: body)
        call.tier = tiers.symbol(at: facts.text(.responseTier) ?? facts.text(.requestTier), in: body)
        if span.status == .error {
            call.hasFailed = true
            let errorType = errorTypes.symbol(at: facts.text(.errorType), in: body)
            call.errorType = errorType == .absent ? unknownError : errorType
        }
        call.timeToFirstTokenNanoseconds = facts[.timeToFirstTokenSeconds]?.nanosecondsFromSeconds
        call.isStream = facts[.isStream]?.flag(in: body) ?? (call.timeToFirstTokenNanoseconds != nil)

        var anomalies = UsageAnomalies()
        var reported = ReportedUsage()
        reported.inputExcludesCache = scopeExcludesCache[Int(span.scope)]
        if !facts.readCounts(from: body, into: &reported) { anomalies.insert(.refusedCount) }
        if reported.isPresent {
            call.reportsUsage = true
            reported.classify(into: &call.usage, &anomalies)
        }
        report.count(anomalies)
    }

    private static let blank = ModelCall(identity: SpanIdentity(traceIDHigh: 0, traceIDLow: 0, spanID: 0))

    private mutating func symbol(of operation: Operation, _ body: Span<UInt8>) -> Symbol {
        switch operation {
        case .known(let known): knownOperations[Int(known.rawValue)]
        case .custom(let place): customOperations.symbol(at: place, in: body)
        }
    }

    /// The tables of all dialects as one: the wanted keys, and by their numbers what they state and how well.
    private static func readTables(of dialects: [any Dialect]) -> (keys: AttributeKeys, statements: [Statement]) {
        var keys = AttributeKeys()
        var statements: [Statement] = []
        var ranks: [Fact: UInt8] = [:]
        for dialect in dialects {
            for (key, fact) in dialect.keys where keys.id(of: key) == statements.count {
                let rank = ranks[fact, default: 0]
                statements.append(Statement(fact: fact, rank: rank))
                ranks[fact] = rank + 1
            }
        }
        return (keys, statements)
    }
}

/// What an interpreter met besides model calls.
package struct InterpretationReport: Sendable, Equatable {
    /// Spans that are no model calls.
    package var otherSpans = 0
    /// Calls with an anomaly, in the order of ``UsageAnomalies/named``.
    package var anomalies = [Int](repeating: 0, count: UsageAnomalies.named.count)

    package init() {}

    mutating func count(_ found: UsageAnomalies) {
        guard !found.isEmpty else { return }
        for (index, entry) in UsageAnomalies.named.enumerated() where found.contains(entry.anomaly) {
            anomalies[index] += 1
        }
    }
}
