// SPDX-License-Identifier: Apache-2.0
import Foundation
import GenAI
import Pricing

@testable import Reports

/// Answers a question by going over all calls, with Foundation's calendar.
struct SlowAnswer {
    /// The figures of one group.
    struct Sums: Equatable {
        var counts: [String: Int64] = [:]
        var cost = Dollars.zero
        var saved = Dollars.zero
    }

    /// By the begin of the period, in minutes since 1970, and the values of the keys.
    private(set) var rows: [Key: Sums] = [:]

    struct Key: Hashable {
        var begin: Int64
        var names: [String]
    }

    init(_ question: CostQuestion, _ minutes: Range<Int64>, _ history: History) {
        var calendar = Calendar(identifier: .iso8601)
        let name = question.period.calendar.zone.name
        calendar.timeZone =
            TimeZone(identifier: name) ?? TimeZone(
                secondsFromGMT: Int(question.period.calendar.zone.offset(at: 0)) * 60) ?? .gmt
        let component: Calendar.Component? =
            switch question.granularity {
            case .total: nil
            case .hour: .hour
            case .day: .day
            case .week: .weekOfYear
            case .month: .month
            }
        func begin(_ minute: Int64) -> Int64 {
            guard let component else { return minutes.lowerBound }
            let interval = calendar.dateInterval(of: component, for: Date(timeIntervalSince1970: Double(minute * 60)))
            return Int64((interval?.start.timeIntervalSince1970 ?? 0) / 60)
        }
        func value(_ key: GroupKey, _ facts: [String: String], _ dimensions: [String: String], _ trace: Int?) -> String
        {
            switch key {
            case .fact(.trace): trace.map(History.traceText) ?? ""
            case .fact(let fact): facts[fact.rawValue] ?? ""
            case .dimension(let name): dimensions[name] ?? ""
            }
        }
        func accepts(_ facts: [String: String], _ dimensions: [String: String]) -> Bool {
            question.filter.clauses.allSatisfy { clause in
                let value = value(clause.key, facts, dimensions, nil)
                return (clause.included.isEmpty || clause.included.contains { $0.matches(value) })
                    && !clause.excluded.contains { $0.matches(value) }
            }
        }
        for call in history.calls where minutes.contains(call.minute) && accepts(call.facts, call.dimensions) {
            let key = Key(
                begin: begin(call.minute),
                names: question.keys.map { value($0, call.facts, call.dimensions, call.trace) })
            var sums = rows[key] ?? Sums()
            func add(_ name: String, _ count: Int64) { sums.counts[name, default: 0] += count }
            add("calls", 1)
            add("failed", call.hasFailed ? 1 : 0)
            add("unpriced", call.cost == nil ? 1 : 0)
            add("averaged", call.cost == nil || call.hasFailedWithoutUsage ? 0 : 1)
            add("estimated", call.isEstimated ? 1 : 0)
            add("streamed", call.isStreamed ? 1 : 0)
            add("tokens", call.tokens.reduce(0, +))
            add("microseconds", call.duration ?? 0)
            for tokenClass in TokenClass.allCases { add(tokenClass.name, call.tokens[tokenClass.index]) }
            for unit in BilledUnits.Unit.allCases { add(unit.name, call.units[Int(unit.rawValue)]) }
            sums.cost += call.cost ?? .zero
            sums.saved += call.saved
            rows[key] = sums
        }
        for machine in history.machines where minutes.contains(machine.minute) {
            let facts = ["model": machine.model, "provider": "own", "operation": "chat", "source": "machine"]
            guard accepts(facts, [:]) else { continue }
            let key = Key(begin: begin(machine.minute), names: question.keys.map { value($0, facts, [:], nil) })
            rows[key, default: Sums()].cost += machine.cost
        }
    }
}
