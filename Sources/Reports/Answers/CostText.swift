// SPDX-License-Identifier: Apache-2.0
import Notation
import Pricing

extension CostAnswer {
    /// The answer in the form that the question asks for.
    package var text: String {
        switch question.format {
        case .json: json + "\n"
        case .flat: JSONText.list(rows.map { line(of: $0, moneyAsNumber: true).text }) + "\n"
        case .csv: csv
        }
    }

    /// The value of the header `Content-Type`.
    package var contentType: String {
        switch question.format {
        case .json, .flat: "application/json"
        case .csv: "text/csv; charset=utf-8"
        }
    }

    /// The rows as JSON objects, with money as text.
    var lines: [JSONLine] { rows.map { line(of: $0, moneyAsNumber: false) } }

    private var json: String {
        let calendar = question.period.calendar
        var answer = JSONLine()
        answer.add("from", calendar.text(minutes.lowerBound))
        answer.add("to", calendar.text(minutes.upperBound))
        answer.add("tz", calendar.zone.name)
        answer.add("granularity", question.granularity.rawValue)
        answer.add("source", source.rawValue)
        answer.add("storage", storage.rawValue)
        answer.add("provisional", isProvisional)
        answer.add("truncated", next != nil)
        answer.add("next", next?.text)
        answer.add("rows", lines)
        return answer.text
    }

    private func line(of row: Row, moneyAsNumber: Bool) -> JSONLine {
        var line = JSONLine()
        if question.granularity != .total { line.add("time", question.period.calendar.text(row.begin)) }
        for (key, name) in zip(question.keys, row.names) { line.add(key.name, said: name) }
        func add(_ name: String, _ value: Figures.Value) {
            switch value {
            case .count(let count): line.add(name, count)
            case .dollars(let amount):
                if moneyAsNumber {
                    line.add(name, decimal: amount.description)
                } else {
                    line.add(name, amount.description)
                }
            case .decimal(let text): line.add(name, decimal: text)
            case .none: line.add(name, nil as String?)
            }
        }
        for measure in question.measures {
            add(measure.name, row.figures.value(of: measure))
            switch measure {
            case .cost:
                add(Figures.knownName, .dollars(row.figures.knownCost))
                if let reason = row.figures.reason { line.add("reason", reason) }
            case .adjustedCost: add(Figures.knownAdjustedName, .dollars(row.figures.knownAdjustedCost))
            default: break
            }
        }
        if row.isProvisional { line.add("provisional", true) }
        return line
    }

    private var csv: String {
        var head = CSVLine()
        if question.granularity != .total { head.add(text: "time") }
        for key in question.keys { head.add(text: key.name) }
        for measure in question.measures {
            head.add(text: measure.name)
            switch measure {
            case .cost:
                head.add(text: Figures.knownName)
                head.add(text: "reason")
            case .adjustedCost: head.add(text: Figures.knownAdjustedName)
            default: break
            }
        }
        return ([head] + rows.map(csvLine)).map { $0.text + "\n" }.joined()
    }

    private func csvLine(of row: Row) -> CSVLine {
        var line = CSVLine()
        if question.granularity != .total { line.add(number: question.period.calendar.text(row.begin)) }
        for name in row.names { line.add(text: name) }
        for measure in question.measures {
            line.add(number: row.figures.value(of: measure).text)
            switch measure {
            case .cost:
                line.add(number: row.figures.knownCost.description)
                line.add(text: row.figures.reason ?? "")
            case .adjustedCost: line.add(number: row.figures.knownAdjustedCost.description)
            default: break
            }
        }
        return line
    }
}

extension Figures.Value {
    /// The value as decimal text; `nil` for none.
    var text: String? {
        switch self {
        case .count(let count): String(count)
        case .dollars(let amount): amount.description
        case .decimal(let text): text
        case .none: nil
        }
    }
}
