// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Reports

/// The commands that notes on calls without a price name.
@Suite struct UnpricedNotesTests {
    private static func commands(_ filters: [String], by groups: [String], folder: [String] = ["a b"]) -> [String] {
        let words = CommandWords(folder: folder, period: ["--from", "now-7d"], filters: filters, groups: groups)
        return ShownFigures.notes(unpriced: 2, words).compactMap { line in
            line.text.range(of: "llm-cost-exporter ").map { String(line.text[$0.lowerBound...]) }
        }
    }

    private static let reprice = "llm-cost-exporter reprice 'a b' --from now-7d"

    @Test func `they say why and price, for the same folder, period and conditions`() {
        #expect(
            Self.commands(["--where", "model:gpt-*"], by: ["--by", "day"]) == [
                "llm-cost-exporter report 'a b' --from now-7d --where 'model:gpt-*' --where source:unpriced "
                    + "--by model,unpriced_reason", Self.reprice,
            ])
    }

    @Test func `a report does not name itself, nor a condition twice`() {
        let unpriced = ["--where", "source:unpriced"]
        #expect(Self.commands(unpriced, by: ["--by", "model,unpriced_reason"]) == [Self.reprice])
        #expect(
            Self.commands(unpriced, by: ["--by", "user"]) == [
                "llm-cost-exporter report 'a b' --from now-7d --where source:unpriced --by model,unpriced_reason",
                Self.reprice,
            ])
    }

    @Test(arguments: [
        (["a b"], "once a price file has the models (none helps no_usage and no_model), add --prices FILE: "),
        (
            ["a b", "--config.file", "s.yaml"],
            "once a price file under prices.files of these settings has the models (none helps no_usage and no_model): "
        ),
    ])
    func `where the price file has to be named depends on whether the settings are`(folder: [String], words: String) {
        let notes = ShownFigures.notes(unpriced: 2, CommandWords(folder: folder))
        #expect(notes.last?.text.contains(words) == true, "\(notes)")
    }

    @Test func `there is none if all calls have a price`() {
        #expect(ShownFigures.notes(unpriced: 0, CommandWords()).isEmpty)
    }
}
