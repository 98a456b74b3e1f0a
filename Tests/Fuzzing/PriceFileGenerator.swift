// SPDX-License-Identifier: Apache-2.0
import GenAI
package import Pricing
import TestData

/// Generates price files with figures at and beyond the accepted bounds: most are refused, and no accepted one may end the
/// process when calls are priced.
package struct PriceFileGenerator {
    private var random: SeededGenerator

    /// Makes a generator.
    ///
    /// - Parameter seed: The same files for the same seed.
    package init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// The figures that are still accepted, all at once, with factors that together make a price too large.
    package static let accepted = """
        format: pricebook/1
        allow_large: true
        providers: {acme: {aliases: [x]}, vllm: }
        models:
          - id: acme/dear
            provider: acme
            names: [dear]
            prices:
              - {rates: {input: 1000000000, output: 1000000000, cache_read: "999999999.999999999"}, fees: {request: 9000, web_search: 9000}}
              - {from: 2026-01-01, until: 9999-12-31, rates: {input: 1000000000, output: 1000000000}, fees: {request: 9000}}
            multipliers: [{when: {tier: batch}, by: 1000}, {when: {tier: flex}, by: 1000}]
          - {id: acme/m, provider: acme, names: [m], prices: [{rates: {input: 1000, output: 1000}}, {from: 2400-01-01, rates: {input: 1}}]}
          - {id: vllm/busy, provider: vllm, names: [busy], hosted: {mode: busy_time, gpu_hour: 1000, gpus: 10, concurrency: 0.001}}
          - {id: vllm/clock, provider: vllm, names: [clock], hosted: {mode: capacity, gpu_hour: 1000, gpus: 10000}}
          - {id: vllm/tokens, provider: vllm, names: [tokens], hosted: {mode: tokens, gpu_hour: 1000, tokens_per_hour: 1000}}
        aliases: [{provider: acme, name: dearer, to: acme/dear, by: 1000}]
        tenants:
          t1:
            match: {resource: {tenant.id: t1}}
            discount: [{by: 1000}]
            aliases: [{provider: acme, name: m, to: acme/dear, by: 1000}]
          t2: {match: {span: {tenant.id: t2}}, discount: [{by: 0}, {provider: openai, by: "0.000000001"}]}

        """

    /// The next file.
    package mutating func text() -> String {
        var text =
            "format: pricebook/1\nproviders: {acme: , vllm: }\nallow_large: \(pick(["true", "false"]))\nmodels:\n"
        for model in 0..<number(1...3) {
            text +=
                "  - id: acme/g\(model)\n    provider: \(pick(["acme", "vllm", "openai"]))\n    names: [m\(model), \(pick(["m", "busy"]))]\n"
            if chance(2) {
                text += "    hosted: {mode: \(pick(["busy_time", "capacity", "tokens"])), gpu_hour: \(figure())"
                if chance(2) { text += ", gpus: \(figure())" }
                if chance(2) { text += ", concurrency: \(figure())" }
                if chance(2) { text += ", tokens_per_hour: \(figure())" }
                text += "}\n"
            } else {
                text += "    prices:\n"
                for _ in 0..<number(1...3) {
                    text += "      - {rates: {input: \(figure()), output: \(figure())}"
                    if chance(3) { text += ", from: \(date())" }
                    if chance(3) { text += ", until: \(date())" }
                    if chance(3) { text += ", fees: {request: \(figure())}" }
                    if chance(4) { text += ", above: [{over: \(figure()), rates: {input: \(figure())}}]" }
                    if chance(4) { text += ", windows: [{hours_utc: [\"10:00-24:00\"]}]" }
                    text += "}\n"
                }
            }
            guard chance(2) else { continue }
            let factors = (0..<number(1...5)).map { _ in
                "{when: {\(pick(["tier: batch", "geo: us", "data_residency: eu", "endpoint: regional"]))}, by: \(figure())}"
            }
            text += "    multipliers: [\(factors.joined(separator: ", "))]\n"
        }
        if chance(2) { text += "aliases: [{provider: acme, name: al, to: acme/g0, by: \(figure())}]\n" }
        if chance(2) { text += "tenants: {t1: {match: {span: {tenant.id: t1}}, discount: [{by: \(figure())}]}}\n" }
        return text
    }

    /// Calls of the models that ``text()`` gives prices, with counts at their bounds.
    ///
    /// - Parameter book: The book that is asked.
    /// - Returns: The question.
    package mutating func question(to book: PriceBook) -> PriceQuestion {
        var question = PriceQuestion(model: pick(["m0", "m1", "m", "busy", "al", "gpt-4o"]))
        question.provider = pick(["acme", "vllm", "openai"])
        question.tier = pick(["", "batch", "fast"])
        question.region = [pick(["geo", "data_residency"]): pick(["us", "eu"]), "endpoint": "regional"]
        question.usage[.input] = pick([0, 1, 1_000_000_000, 1 << 50 - 1, .max])
        question.usage[.output] = pick([0, 1, 1_000_000_000, 1 << 50 - 1, .max])
        question.durationNanoseconds = pick([0, 1, 3_600_000_000_000, .max])
        question.moment = pick([
            .newest, PriceMoment(nanoseconds: 1_795_000_000_000_000_000), PriceMoment(nanoseconds: .max),
        ])
        if chance(2) { question.tenant = book.tenants.number(named: "t1") ?? Tenants.none }
        return question
    }

    /// A figure; nine of ten are accepted nearly everywhere.
    private mutating func figure() -> String {
        guard chance(10) else { return pick(["1", "2", "1000", "\"999.999\"", "\"0.5\""]) }
        return pick([
            "0", "1", "\"0.001\"", "2", "1000", "\"999.999999999\"", "1001", "10000", "100000", "1000000", "1000000000",
            "9223372036", "\"9223.372036854775807\"", "9223372036854775807", "\"0.000000001\"", "1e3", "-1", "x",
            "99999999999999999999999",
        ])
    }

    private mutating func date() -> String {
        pick(["1970-01-01", "2026-01-01", "2262-04-12", "2554-07-22", "9999-12-31", "10000-01-01", "2026-02-30"])
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func chance(_ times: Int) -> Bool { number(1...times) == 1 }
    private mutating func pick<Item>(_ items: [Item]) -> Item { items[number(0...items.count - 1)] }
}
