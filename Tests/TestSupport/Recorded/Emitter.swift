// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// One folder of `Tests/Emitters`: what an emitter writes, after its published source, and what a right reader makes of it.
///
/// - SeeAlso: `Tests/Emitters/README.md`.
package struct Emitter: Sendable, CustomTestStringConvertible {
    /// All folders, by name.
    package static let all: [Emitter] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().map(Emitter.init).filter {
            FileManager.default.fileExists(atPath: $0.file("expected.json").path)
        }
    }()

    /// Why an emitter is not read right yet, by its name.
    package static let knownWrong: [String: String] = {
        let file = folder.appending(path: "wrong.json")
        return (try? JSONDecoder().decode([String: String].self, from: Data(contentsOf: file))) ?? [:]
    }()

    package var name: String

    package var testDescription: String { name }

    /// The body in the form of a recorded one.
    ///
    /// - Returns: One JSON body.
    /// - Throws: When the file is absent.
    package func posts() throws -> [Capture.Post] {
        let body = file("body.json")
        let headers = ["content-type": "application/json"]
        return [Capture.Post(file: body, headers: headers, body: Array(try Data(contentsOf: body)))]
    }

    /// What a right reader makes of the body.
    ///
    /// - Throws: When the file is absent or not in its form.
    package func expected() throws -> EmitterReading {
        try JSONDecoder().decode(EmitterReading.self, from: Data(contentsOf: file("expected.json")))
    }

    private static let folder = Repository.root.appending(path: "Tests/Emitters")

    private func file(_ name: String) -> URL { Self.folder.appending(path: self.name).appending(path: name) }
}

/// What a right reader makes of an emitter's body; names are those of `expected.json`.
package struct EmitterReading: Sendable, Decodable {
    /// How many spans are calls, and how many are none or repeat others.
    package struct Spans: Sendable, Decodable {
        package var counted: Int
        package var passed_over: Int
    }

    /// By model and class.
    package var tokens: [String: [String: Int]]
    package var requests: [String: Int]
    package var errors: [String: Int]
    package var without_usage: [String: Int]
    /// The operations that calls may be shown under.
    package var operations: Set<String>
    /// Dollars by model, as decimal text.
    package var cost: [String: String]
    package var reported_cost: [String: String]?
    package var unpriced: Int
    package var spans: Spans

    /// Compares with what an exposition shows.
    ///
    /// - Parameter shown: All of it.
    /// - Returns: A line for each number that differs.
    package func differences(from shown: Exposition) -> [String] {
        var lines: [String] = []
        func compare<Value: Equatable>(_ what: String, _ got: Value, _ wanted: Value) {
            if got != wanted { lines.append("\(what): \(wanted) expected, \(got) shown") }
        }
        let classes = tokens.flatMap { model, counts in counts.map { ("\(model) \($0.key)", $0.value) } }
        compare(
            "tokens", shown.counts("llm_tokens_used_total", by: "model", "token_type"),
            Dictionary(uniqueKeysWithValues: classes))
        compare("requests", shown.counts("llm_requests_total", by: "model"), requests)
        compare("errors", shown.counts("llm_request_errors_total", by: "model"), errors)
        compare("without usage", shown.counts("llm_requests_without_usage_total", by: "model"), without_usage)
        compare("unpriced", Int(shown.sum("llm_unpriced_requests_total")), unpriced)
        compare("other operations", shown.values(of: "operation", in: "llm_requests_total").subtracting(operations), [])
        lines += differences("cost", cost, in: "llm_cost_dollars_total", of: shown, complete: true)
        lines += differences(
            "reported cost", reported_cost ?? [:], in: "llm_reported_cost_dollars_total", of: shown, complete: false)

        var fates = shown.counts("llm_cost_exporter_spans_total", by: "outcome")
        compare("counted", fates.removeValue(forKey: "counted") ?? 0, spans.counted)
        let passedOver = ["not_a_model_call", "repeats_children", "twin", "duplicate"]
        compare("passed over", passedOver.reduce(0) { $0 + (fates.removeValue(forKey: $1) ?? 0) }, spans.passed_over)
        compare("other outcomes", fates, [:])
        return lines
    }

    // Where `complete` is set, models that are not listed must have no dollars.
    private func differences(
        _ what: String, _ wanted: [String: String], in family: String, of shown: Exposition, complete: Bool
    ) -> [String] {
        let models = Set(wanted.keys).union(complete ? shown.values(of: "model", in: family) : [])
        return models.sorted().compactMap { model in
            let dollars = Double(wanted[model] ?? "0") ?? .nan
            let got = shown.sum(family) { $0["model"] == model }
            // The smallest cost here is a millionth of a dollar; sums of them are exact to a billionth.
            return abs(got - dollars) <= 1e-9 ? nil : "\(what) of \(model): \(dollars) expected, \(got) shown"
        }
    }
}

extension Exposition {
    /// The sums of a family that are not 0, by the values of labels.
    fileprivate func counts(_ name: String, by labels: String...) -> [String: Int] {
        var counts: [String: Int] = [:]
        for sample in samples where sample.name == name && sample.value != 0 {
            counts[labels.map { sample.labels[$0] ?? "" }.joined(separator: " "), default: 0] += Int(sample.value)
        }
        return counts
    }
}
