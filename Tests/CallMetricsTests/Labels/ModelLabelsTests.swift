// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Pricing
import Testing
import TestRooms

@Suite struct ModelLabelsTests {
    @Test func `names that the book does not know become one beyond the ceiling, in every family`() throws {
        var calls = ModelCallMetricsConfiguration()
        calls.conventionsView = true
        let replayed = try Replayed(calls: calls, unknownModels: 2)
        let random = (0..<9).map { (number: UInt8) in chat(number, usage(10, 1)).asking("random-\(number)") }
        let wrong = (10..<19).map { (number: UInt8) in chat(number).asking("wrong-\(number)").failing }
        try replayed.ingest(random + wrong + [chat(30, usage(10, 1))])
        let models = Set(replayed.values(of: "model") + replayed.values(of: "gen_ai_request_model"))
        #expect(models == ["random-0", "random-1", "__overflow__", "gpt-4o"])
        let overflow = #"{model="__overflow__",operation="chat"} 16"#
        #expect(replayed.lines("llm_requests_total").contains("llm_requests_total" + overflow))
    }

    @Test func `a failed call of a known model takes no place from unknown ones`() throws {
        let replayed = try Replayed(unknownModels: 1)
        try replayed.ingest([
            chat(1).failing, chat(2).asking("o4-mini").failing, chat(3, usage(1, 1)).asking("random-1"),
            chat(4).asking("claude-sonnet-4-5").failing, chat(5, usage(1, 1)).asking("random-2"),
        ])
        // Claude is none of OpenAI's models, and listed all the same.
        #expect(
            Set(replayed.values(of: "model"))
                == ["gpt-4o", "o4-mini", "random-1", "claude-sonnet-4-5", "__overflow__"])
    }

    @Test func `a name has its place back once the book knows it`() throws {
        let replayed = try Replayed(unknownModels: 1)
        try replayed.ingest([chat(1, usage(1, 1)).asking("acme-1"), chat(2, usage(1, 1)).asking("acme-2")])
        #expect(Set(replayed.values(of: "model")) == ["acme-1", "__overflow__"])
        replayed.pricer.replace(
            book: try book("aliases: [{provider: openai, name: acme-1, to: openai/gpt-4o}]"))
        try replayed.ingest([chat(3, usage(1, 1)).asking("acme-1"), chat(4, usage(1, 1)).asking("acme-3")])
        #expect(Set(replayed.values(of: "model")) == ["acme-1", "__overflow__", "acme-3"])
    }

    @Test(arguments: [
        (ModelLabel.response, ["gpt-4o-2024-08-06", "gpt-4o", "nobody-knows"]),
        (.request, ["gpt-4o", "nobody-knows"]), (.book, ["openai/gpt-4o", "nobody-knows"]),
    ])
    func `the label is the name that is chosen`(label: ModelLabel, models: [String]) throws {
        let replayed = try Replayed(modelLabel: label)
        try replayed.ingest([
            chat(1, usage(1_000, 0)).asking("gpt-4o", answered: "gpt-4o-2024-08-06"), chat(2, usage(1_000, 0)),
            chat(3).failing, chat(4, usage(1, 1)).asking("nobody-knows"),
        ])
        #expect(Set(replayed.values(of: "model")) == Set(models))
        if label == .book {
            #expect(
                replayed.lines("llm_cost_dollars_total")
                    == [#"llm_cost_dollars_total{model="openai/gpt-4o",operation="chat"} 0.005"#])
            #expect(
                replayed.lines("llm_request_errors_total").contains { $0.contains(#"model="openai/gpt-4o""#) })
        }
    }
}

extension Replayed {
    /// The values that a label has on the page.
    fileprivate func values(of label: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.components(separatedBy: [#"{\#(label)=""#, #",\#(label)=""#])
            return parts.count > 1 ? String(parts[1].prefix { $0 != "\"" }) : nil
        }
    }
}

extension Substring {
    /// The pieces of a text between any of some others.
    fileprivate func components(separatedBy separators: [String]) -> [Substring] {
        separators.reduce([self]) { pieces, separator in pieces.flatMap { $0.split(separator: separator) } }
    }
}
