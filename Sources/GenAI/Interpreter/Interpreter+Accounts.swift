// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Records accounts: the decisions of ``interpret(_:body:into:)`` with their reasons.
extension Interpreter {
    /// Completes the newest account with the newest call or aggregate.
    ///
    /// Counts are read a second time, by the code that filled the call, so that ordinary interpreting carries nothing along.
    ///
    /// - Parameters:
    ///   - spans: The spans so far.
    ///   - facts: The facts of the newest one, those of events and embedded objects included.
    ///   - body: The bytes.
    static func completeAccount(
        of spans: inout InterpretedSpans, _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) {
        guard let call = spans.calls.last, var account = spans.accounts.popLast() else { return }
        defer { spans.accounts.append(account) }
        account.kind = call.isAggregate ? .aggregate : .call
        account.isReadByWords = facts.marks.contains(.readByWords)
        var again = ModelCall(identity: call.identity)
        again.isAggregate = call.isAggregate
        again.isStream = call.isStream
        var reported = ReportedUsage()
        reported.counting = call.sides.counting
        account.anomalies = fillUsage(&again, facts, &reported, body)
        if !account.refused.isEmpty { account.anomalies.insert(.refusedCount) }
        if call.guesses.contains(.hiddenReasoning) { account.anomalies.remove(.totalExceedsParts) }
        account.inputExcludesCache = reported.inputExcludesCache
        account.reported = ReportedUsage.Count.allCases.compactMap { count in
            reported[count].map { ReportedCount(name: count.name, tokens: $0) }
        }
        if account.refused.isEmpty { account.refused = refused(facts, body) }
        if account.anomalies.contains(.refusedCost) {
            // Without a stated cost, the refused one is the sum of its parts.
            let reason = SpanCost.refusedFigure(facts, body).map { value, largest in
                RefusedNumber.Reason(value, in: body, largest: largest, isWhole: false)
            }
            account.refused.append(RefusedNumber(name: "cost", reason: reason ?? .unsoundParts))
        }
    }

    /// The numbers that cannot be read.
    static func refused(_ facts: borrowing SpanFacts, _ body: Span<UInt8>) -> [RefusedNumber] {
        var refused: [RefusedNumber] = []
        for count in ReportedUsage.Count.allCases {
            guard let fact = Fact(rawValue: Fact.input.rawValue + UInt8(count.rawValue)), let value = facts[fact],
                TokenCount.read(value, body: body) == nil
            else { continue }
            let reason = RefusedNumber.Reason(value, in: body, largest: Double(TokenCount.largest), isWhole: true)
            refused.append(RefusedNumber(name: count.name, reason: reason))
        }
        for reading in facts.marks.contains(.refusedByWords) ? facts.words : [] {
            guard case .usage(.fact(let fact), _) = reading.kind, TokenCount.read(reading.value, body: body) == nil,
                TokenCount.isNumber(reading.value, body),
                let count = ReportedUsage.Count(rawValue: Int(fact.rawValue - Fact.input.rawValue))
            else { continue }
            let reason = RefusedNumber.Reason(
                reading.value, in: body, largest: Double(TokenCount.largest), isWhole: true)
            refused.append(RefusedNumber(name: count.name, reason: reason))
        }
        for unit in BilledUnits.Unit.allCases {
            guard let value = facts[unit.fact] else { continue }
            if let count = TokenCount.read(value, body: body), count <= BilledUnits.largest { continue }
            let reason = RefusedNumber.Reason(value, in: body, largest: Double(BilledUnits.largest), isWhole: true)
            refused.append(RefusedNumber(name: unit.name, reason: reason))
        }
        return refused
    }
}

extension RefusedNumber.Reason {
    /// Tells what is wrong with a number that was refused.
    fileprivate init(_ value: AttributeValue, in body: Span<UInt8>, largest: Double, isWhole: Bool) {
        let number: Double? =
            switch value {
            case .int(let number): Double(number.asSent)
            case .double(let number): number.asSent
            case .string(let range) where range.length <= 64: Double(body.unquoted(range).text(in: body))
            default: nil
            }
        guard let number, !number.isNaN else {
            self = .notANumber
            return
        }
        if number < 0 {
            self = .negative
        } else if number > largest {
            self = .tooLarge
        } else if isWhole, number != number.rounded() {
            self = .fractional
        } else {
            // Digits that a count is never written with, such as an exponent.
            self = .notANumber
        }
    }
}
