// SPDX-License-Identifier: Apache-2.0
import Pricing
import Testing

@Suite struct BookDifferenceTests {
    private let models = [TestBook.model("acme/m", ["m"]), TestBook.model("acme/n", ["n"])]

    @Test func `figures that changed, came and went are told by model`() throws {
        let old = try TestBook.make(
            models, files: ["models: [{id: acme/x, prices: [{rates: {input: 1, output: 2}}]}]"])
        let new = try TestBook.make(
            models,
            files: [
                """
                models:
                  - {id: acme/x, prices: [{rates: {input: 1, cache_read: 3}}, {from: 2026-05-01, rates: {input: 4}}]}
                  - id: acme/m
                    prices: [{rates: {input: "2.50", output: 8}, above: [{over: 5, rates: {input: 3}}], fees: {request: 1}}]
                    variants: [{when: {tier: batch}, rates: {input: 1}}]
                    multipliers: [{when: {geo: eu}, by: "1.1"}]
                """
            ])
        let difference = new.difference(from: old)
        #expect(
            lines(difference) == [
                "acme/m input: 2 -> 2.5", "acme/m input above 5: nil -> 3", "acme/m fee request: nil -> 1",
                "acme/m tier=batch input: nil -> 1", "acme/m geo=eu factor on all tokens: nil -> 1.1",
                "acme/x output: 2 -> nil", "acme/x cache_read: nil -> 3", "acme/x input from 2026-05-01: nil -> 4",
            ])
        #expect((difference.changed, difference.added, difference.removed) == (1, 6, 1))
        #expect(lines(old.difference(from: new)).first == "acme/m input: 2.5 -> 2")
        #expect(new.difference(from: new).isEmpty)
    }

    @Test func `the list is cut and the counts are not`() throws {
        let file = "models: [{id: acme/m, prices: [{rates: {input: 9, output: 9, cache_read: 9, reasoning: 9}}]}]"
        let difference = try TestBook.make(models, files: [file]).difference(from: TestBook.make(models), limit: 2)
        #expect(difference.changes.count == 2)
        #expect(difference.isCut)
        #expect((difference.changed, difference.added, difference.removed) == (2, 2, 0))
    }

    @Test func `tenants, aliases and machines are compared as well`() throws {
        let old = try TestBook.make(models, files: [file(discount: "0.9", target: "acme/m", hour: "2")])
        let new = try TestBook.make(models, files: [file(discount: "0.8", target: "acme/n", hour: "3")])
        #expect(
            lines(new.difference(from: old)) == [
                "acme/own hosted busy_time an hour: 2 -> 3", "acme/own an hour of a call: 2 -> 3",
                "alias acme/prod stands for: acme/m -> acme/n", "tenant t discount acme: 0.9 -> 0.8",
                "tenant t: acme/m input: 2 -> 3",
            ])
    }

    @Test func `books of other texts are compared line by line`() throws {
        let old = try TestBook.make(models)
        let new = try TestBook.make([
            models[0], TestBook.model("acme/o", ["o"], "\"prices\":[{\"rates\":{\"input\":\"1\"}}]"),
        ])
        #expect(
            lines(new.difference(from: old)) == [
                "acme/n input: 2 -> nil", "acme/n output: 8 -> nil", "acme/o input: nil -> 1",
            ])
    }

    @Test func `the embedded book with price files compares in the time that these take`() throws {
        let embedded = try PriceBook.embedded()
        let own = try embedded.with([
            TestBook.file("format: pricebook/1\nmodels: [{id: openai/gpt-4o, prices: [{rates: {input: 9}}]}]")
        ])
        let time = ContinuousClock().measure { #expect(!own.difference(from: embedded).isEmpty) }
        #expect(time < .seconds(20))
        #expect(try PriceBook.embedded().difference(from: embedded).isEmpty)
    }

    private func file(discount: String, target: String, hour: String) -> String {
        """
        models: [{id: acme/own, provider: acme, hosted: {mode: busy_time, gpu_hour: \(hour)}}]
        aliases: [{provider: acme, name: prod, to: \(target)}]
        tenants:
          t:
            match: {resource: {tenant: t}}
            discount: [{provider: acme, by: "\(discount)"}]
            models: [{id: acme/m, prices: [{rates: {input: \(hour)}}]}]
        """
    }

    private func lines(_ difference: BookDifference) -> [String] {
        difference.changes.map { "\($0.model) \($0.subject): \($0.before ?? "nil") -> \($0.after ?? "nil")" }
    }
}
