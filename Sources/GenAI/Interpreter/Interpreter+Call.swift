// SPDX-License-Identifier: Apache-2.0
import OTLP

extension Interpreter {
    /// Writes down what the facts of a span say of a call or an aggregate.
    ///
    /// - Parameters:
    ///   - call: A blank one, where it will stay.
    ///   - span: The span.
    ///   - role: What it is.
    ///   - dialect: The dialect that told.
    ///   - firstToken: Nanoseconds from the start to the first token, if an event says so.
    ///   - facts: The facts of the attributes, of events and of embedded objects.
    ///   - body: The bytes.
    ///   - usage: Memory for the counts.
    ///   - report: Counts what is odd.
    /// - Returns: What is odd about the counts.
    mutating func fill(
        _ call: inout ModelCall, _ span: SpanRecord, _ role: SpanRole, _ dialect: UInt8, _ firstToken: Int64?,
        _ facts: borrowing SpanFacts, _ body: Span<UInt8>, _ usage: inout ReportedUsage,
        _ report: inout InterpretationReport
    ) -> UsageAnomalies {
        switch role {
        case .modelCall(let operation): call.operation = symbol(of: operation, body)
        case .aggregate(let operation):
            call.operation = symbol(of: operation, body)
            call.isAggregate = true
        case .unmarked(let operation):
            call.operation = symbol(of: operation, body)
            call.isUnmarked = true
        case .other: break
        }
        call.identity = span.identity
        call.parentSpanID = span.parent
        call.startNanoseconds = span.startNanoseconds
        call.endNanoseconds = span.endNanoseconds
        (call.resource, call.scope) = origin(of: span)
        call.rewritesResponseIDs = facts.scope.contains(.rewritesResponseIDs)
        call.dialect = dialect
        if let ends = TextEnds(of: span.name, in: body) { call.spanName = ends.hash }
        fillOutcome(&call, span, facts, body)
        fillNames(&call, facts, body)
        if hasRegions { fillRegion(&call, of: span, facts, body) }
        Self.fillTimes(&call, span, firstToken, facts, body)
        usage.counting = facts.states(anyOf: Self.movableParts) ? counting(of: call, facts) : []
        var anomalies = Self.fillUsage(&call, facts, &usage, body)
        if anomalies.contains(.totalExceedsParts) { assignExcess(of: &call, usage, &anomalies) }
        report.count(anomalies)
        return anomalies
    }

    /// Takes tokens that only the total has for reasoning, where the model's provider leaves it out of the other counts.
    @inline(never)
    mutating func assignExcess(
        of call: inout ModelCall, _ reported: borrowing ReportedUsage, _ anomalies: inout UsageAnomalies
    ) {
        guard reported.mayHideReasoning, countings.counting(of: call).contains(.reasoningBesideOutput) else { return }
        call.usage[.reasoning] = reported.excess
        call.guesses.insert(.hiddenReasoning)
        anomalies.remove(.totalExceedsParts)
    }

    @inline(__always)
    private mutating func fillOutcome(
        _ call: inout ModelCall, _ span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) {
        // A pattern, since `==` of another room's enumeration is a call.
        var hasFailed = if case .error = span.status { true } else { false }
        if facts.states(anyOf: Fact.success.bit | Fact.level.bit) {
            hasFailed = hasFailed || Self.saysFailure(facts, body)
        }
        guard hasFailed else { return }
        call.hasFailed = true
        call.errorType = errorTypes.symbol(at: facts.text(.errorType), in: body)
        if call.errorType == .absent { call.errorType = unknownError }
    }

    /// Whether an attribute says that the operation failed, where the status of the span need not.
    private static func saysFailure(_ facts: borrowing SpanFacts, _ body: Span<UInt8>) -> Bool {
        if let success = facts[.success], !success.flag(in: body) { return true }
        guard let level = facts.text(.level) else { return false }
        return body.holdsIgnoringCase(errorLevel, at: level)
    }

    private static let errorLevel = Array("error".utf8)

    @inline(__always)
    mutating func fillNames(_ call: inout ModelCall, _ facts: borrowing SpanFacts, _ body: Span<UInt8>) {
        call.responseModel = models.symbol(at: facts.text(.responseModel), in: body)
        call.requestModel = models.symbol(at: facts.text(.requestModel), in: body)
        if let model = facts.text(.model) {
            // Who names one model means the one that answered, if one did.
            if call.hasFailed {
                if call.requestModel == .absent { call.requestModel = models.symbol(at: model, in: body) }
            } else if call.responseModel == .absent {
                call.responseModel = models.symbol(at: model, in: body)
            }
        }
        call.provider = providers.symbol(at: facts.text(.provider), in: body)
        if call.provider == .absent, let below = facts.text(.providerBelow) {
            call.provider = providers.symbol(at: below, in: body)
        }
        if facts.scope.contains(.boughtFromOpenRouter) { call.provider = openRouter }
        if var address = facts.text(.serverAddress) {
            if ServerAddress.mayBeURL(address, in: body) { address = ServerAddress.host(at: address, in: body) }
            call.serverAddress = serverAddresses.symbol(at: address, in: body)
        }
        call.tier = tiers.symbol(at: facts.text(.responseTier) ?? facts.text(.requestTier), in: body)
        if facts.states(anyOf: Self.serving) { fillServing(&call, facts, body) }
        if let id = facts.text(.responseID), let read = ResponseID.read(id, in: body, salt: salt) {
            call.responseID = read.hash
            call.responseIDScheme = read.scheme
        }
    }

    @inline(__always)
    private static func fillTimes(
        _ call: inout ModelCall, _ span: SpanRecord, _ firstToken: Int64?, _ facts: borrowing SpanFacts,
        _ body: Span<UInt8>
    ) {
        // Most calls are no streams and say nothing about time.
        guard facts.states(anyOf: timing) || firstToken != nil else { return }
        if let duration = facts[.durationSeconds]?.nanoseconds(unit: 1e9, in: body) {
            let duration = Outside(UInt64(duration))
            if let sent = call.endNanoseconds.subtracting(call.startNanoseconds), duration > sent,
                let start = call.endNanoseconds.subtracting(duration), start > 0
            {
                call.startNanoseconds = start
            }
        }
        let isStream = facts[.isStream]?.flag(in: body)
        // Some state a first token for plain calls as well, which is when the whole answer came.
        if isStream != false { call.timeToFirstTokenNanoseconds = firstToken ?? timeToFirstToken(span, facts, body) }
        call.isStream = isStream ?? (call.timeToFirstTokenNanoseconds != nil)
    }

    /// The facts about time, as bits.
    private static var timing: FactBits {
        Fact.isStream.bit | Fact.timeToFirstTokenSeconds.bit | Fact.timeToFirstTokenMilliseconds.bit
            | Fact.timeToFirstToken.bit | Fact.firstTokenTime.bit | Fact.durationSeconds.bit
    }

    private static func timeToFirstToken(
        _ span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) -> Int64? {
        if let value = facts[.timeToFirstTokenSeconds] { return value.nanoseconds(unit: 1e9, in: body) }
        if let value = facts[.timeToFirstTokenMilliseconds] { return value.nanoseconds(unit: 1e6, in: body) }
        if let value = facts[.timeToFirstToken] {
            if case .int = value { return value.nanoseconds(unit: 1e6, in: body) }
            return value.nanoseconds(unit: 1e9, in: body)
        }
        if let range = facts.text(.firstTokenTime), let time = TimeText.nanoseconds(at: range, in: body) {
            return span.nanoseconds(until: time)
        }
        return nil
    }

    @inline(__always)
    static func fillUsage(
        _ call: inout ModelCall, _ facts: borrowing SpanFacts, _ reported: inout ReportedUsage, _ body: Span<UInt8>
    ) -> UsageAnomalies {
        var anomalies = UsageAnomalies()
        reported.removeAll()
        reported.inputExcludesCache = facts.scope.contains(.inputExcludesCache)
        reported.hidesReasoning = facts.scope.contains(.hidesReasoning)
        if !facts.readCounts(from: body, into: &reported) { anomalies.insert(.refusedCount) }
        if !facts.marks.isEmpty { anomalies.formUnion(facts.marks.anomalies) }
        if call.isAggregate, !reported.isPresent, !readAggregated(facts, body, &reported) {
            anomalies.insert(.refusedCount)
        }
        // An agent that reports 0 tokens has none of its own; nor does it stand for calls that no span reported.
        let zeroIsNone = call.isAggregate || facts.scope.contains(.zeroMeansUnknown) && call.isStream
        if reported.isPresent, !(zeroIsNone && reported.isZero) {
            call.reportsUsage = true
            call.tellsModality = reported.tellsModality
            reported.classify(into: &call.usage, &anomalies)
            call.sides = reported.sides
            call.sides.counting = reported.counting
        }
        if facts.states(anyOf: units), !readUnits(facts, body, into: &call.units) { anomalies.insert(.refusedCount) }
        if facts.states(anyOf: SpanCost.facts) || facts.costOfParts.isStated {
            SpanCost.fill(&call, facts, body, &anomalies)
        }
        return anomalies
    }

    /// How the provider of a call counts, as far as the keys of its parts leave that open.
    @inline(__always)
    private mutating func counting(of call: borrowing ModelCall, _ facts: borrowing SpanFacts) -> ProviderCounting {
        var counting = countings.counting(of: call)
        if counting.contains(.reasoningByDefinition),
            facts[.reasoning] == nil || tables.definesReasoning(under: facts.rank(of: .reasoning))
        {
            counting.remove(.reasoningByDefinition)
        }
        return counting
    }

    /// The parts that lie inside or beside a whole, as bits.
    private static var movableParts: FactBits {
        Fact.cacheRead.bit | Fact.cacheWrite.bit | Fact.cacheWrite5m.bit | Fact.cacheWrite1h.bit | Fact.reasoning.bit
            | Fact.aggregatedCacheRead.bit | Fact.aggregatedCacheWrite.bit | Fact.aggregatedReasoning.bit
    }

    /// Reads totals that have names of their own; returns whether every count was sound.
    private static func readAggregated(
        _ facts: borrowing SpanFacts, _ body: Span<UInt8>, _ reported: inout ReportedUsage
    ) -> Bool {
        var areSound = true
        for (fact, count) in aggregatedCounts {
            guard let value = facts[fact] else { continue }
            reported[count] = TokenCount.read(value, body: body)
            areSound = areSound && reported[count] != nil
        }
        return areSound
    }

    private static let aggregatedCounts: [(Fact, ReportedUsage.Count)] = [
        (.aggregatedInput, .input), (.aggregatedOutput, .output), (.aggregatedCacheRead, .cacheRead),
        (.aggregatedCacheWrite, .cacheWrite), (.aggregatedReasoning, .reasoning),
    ]

    @inline(__always)
    private mutating func symbol(of operation: Operation, _ body: Span<UInt8>) -> Symbol {
        switch operation {
        case .known(let known): knownOperations[Int(known.rawValue)]
        case .custom(let range): customSymbol(at: range, body)
        }
    }

    /// Apart, since few senders make names up.
    @inline(never)
    private mutating func customSymbol(at range: ByteRange, _ body: Span<UInt8>) -> Symbol {
        let symbol = customOperations.symbol(at: range, in: body)
        return symbol.or(knownOperations[Int(KnownOperation.chat.rawValue)])
    }
}
