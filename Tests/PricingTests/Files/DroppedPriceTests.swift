// SPDX-License-Identifier: Apache-2.0
import Pricing
import Testing

/// A model of a price file takes the place of another as a whole, and says what is lost.
@Suite struct DroppedPriceTests {
    private let rich = """
        "prices":[{"rates":{"input":"2","output":"8","cache_read":"0.2","cache_write":"2","reasoning":"8"},\
        "above":[{"over":1000,"rates":{"input":"4"}}],"fees":{"web_search":"0.01"}}],\
        "variants":[{"when":{"tier":"batch"},"rates":{"input":"1","output":"4"}},\
        {"when":{"tier":"flex"},"rates":{"input":"1","output":"4"}}],\
        "multipliers":[{"when":{"data_residency":"eu"},"by":"1.1"}]
        """

    private func warnings(_ files: String...) throws -> [String] {
        try TestBook.make([TestBook.model("acme/m", ["m", "m-1"], rich)], files: files).warnings
    }

    // Cache writes at the rate of plain input, and reasoning at that of the output, would cost the same without a rate.
    @Test(
        arguments: [
            (
                "{id: acme/m, prices: [{rates: {input: 1, output: 2}}]}",
                "cache_read, input above 1000 tokens, web_search (a fee), tier=batch, tier=flex, data_residency=eu"
            ),
            (
                "{id: acme/m, prices: [{rates: {input: 1, output: 2, cache_read: 0.1}}], "
                    + "variants: [{when: {tier: batch}, rates: {input: 1}}, {when: {tier: flex}, rates: {input: 1, output: 1}}]}",
                "input above 1000 tokens, web_search (a fee), tier=batch output, data_residency=eu"
            ),
            // A name of the model is enough.
            (
                "{id: acme/mine, names: [x, m-1], prices: [{rates: {input: 1, output: 2, cache_read: 0.1}, "
                    + "above: [{over: 1000, rates: {input: 2}}], fees: {web_search: 1}}], multipliers: [{when: "
                    + "{data_residency: eu}, by: 1}]}",
                "tier=batch, tier=flex"
            ),
        ])
    func `what a model of the book has and the one in its place has not is told`(model: String, dropped: String) throws
    {
        let warnings = try warnings("models: [\(model)]")
        #expect(warnings.count == 1)
        let warning = warnings.first ?? ""
        #expect(warning.hasPrefix("0.yaml:2: acme/m"))
        #expect(
            warning.contains(
                " takes the place of the book's acme/m as a whole, without its prices for \(dropped): such calls"),
            "\(warning)")
        #expect(warning.hasSuffix("'llm-cost-exporter prices show acme/m' shows them"))
    }

    @Test(arguments: [
        "{id: acme/other, names: [other], prices: [{rates: {input: 1, output: 2}}]}",
        "{id: acme/m, provider: acme, names: [m], hosted: {mode: busy_time, gpu_hour: 2}}",
        "{id: acme/m, prices: [{rates: {input: 1, output: 2, cache_read: 1}, above: [{over: 1000, rates: {input: 2}}], "
            + "fees: {web_search: 1}}], variants: [{when: {tier: batch}, rates: {input: 1, output: 1}}, "
            + "{when: {tier: flex}, rates: {input: 1, output: 1}}], multipliers: [{when: {data_residency: eu}, by: 1}]}",
    ])
    func `a model that drops nothing is accepted without a word`(model: String) throws {
        #expect(try warnings("models: [\(model)]") == [])
    }

    @Test func `a later file is compared with the earlier one, and a tenant's model with that of all calls`() throws {
        let first = "models: [{id: acme/n, prices: [{rates: {input: 1, output: 2, cache_read: 0.5}}]}]"
        let second = "models: [{id: acme/n, prices: [{rates: {input: 1, output: 2}}]}]"
        let warnings = try warnings(first, second)
        #expect(warnings.count == 1)
        #expect(
            warnings.first?.hasPrefix(
                "1.yaml:2: acme/n takes the place of acme/n of another price file as a whole, without its prices for "
                    + "cache_read: ") == true)
        let own = "tenants: {t: {match: {span: {x: y}}, \(second)}}"
        #expect(try self.warnings(first, own).count == 1)
    }

    @Test func `a model whose first price begins after the book's date leaves calls without a price until then`() throws
    {
        let model = "{id: acme/o, prices: [{from: 2027-01-01, rates: {input: 1, output: 2}}]}"
        let book = [TestBook.model("acme/o", ["o"])]
        let warnings = try TestBook.make(book, files: ["models: [\(model)]"]).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("has no price before 2027-01-01: until then calls stay unpriced") == true)
        #expect(try TestBook.make(book, files: ["models: [\(model.replacing("2027", with: "2025"))]"]).warnings == [])
        let dated =
            "{id: acme/o, prices: [{rates: {input: 1, output: 2}}, {from: 2027-01-01, rates: {input: 1, output: 2}}]}"
        #expect(try TestBook.make(book, files: ["models: [\(dated)]"]).warnings == [])
    }
}
