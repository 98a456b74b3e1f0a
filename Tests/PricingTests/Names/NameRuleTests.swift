// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import TestData
import Testing

@Suite struct NameRuleTests {
    @Test(arguments: [
        ("claude-fable-5-\\d{8}", "claude-fable-5-20260930", true),
        ("claude-fable-5-\\d{8}", "claude-fable-5-2026", false),
        ("claude-opus-5[-@]\\d{8}", "claude-opus-5@20260930", true), ("gpt-5", "gpt-5x", false),
        ("gpt-5", "xgpt-5", false),
        ("^(openai/)?(gpt-4o)$", "gpt-4o", true), ("^(openai/)?(gpt-4o)$", "openai/gpt-4o", true),
        ("(?i)^(GPT-4O)$", "gpt-4o", true), ("[A-Z]+-4O", "gpt-4o", true), ("a.c", "abc", true), ("a.c", "ac", false),
        ("a\\.c", "abc", false), ("a\\.c", "a.c", true), ("(a|b|)c", "c", true), ("(a|bc)+d", "abcad", true),
        ("a{2,3}", "aaaa", false), ("a{2,3}", "aaa", true), ("a{2,}", "aaaa", true), ("a{2}", "aa", true),
        ("a{", "a{", true),
        ("[^a-c]x", "dx", true), ("[^a-c]x", "ax", false), ("[]a]", "]", true), ("[a-]", "-", true),
        ("\\w+\\s\\W", "ab /", true),
        ("(?!.*-[tT][tT][sS](?:$|-)).*", "gemini-2.5-pro", true),
        ("(?!.*-[tT][tT][sS](?:$|-)).*", "gemini-2.5-pro-tts", false),
        ("(?!.*-[tT][tT][sS](?:$|-)).*", "gemini-2.5-tts-preview", false),
        ("(?!.*-[tT][tT][sS](?:$|-)).*", "gemini-2.5-ttsx", true), ("(?=a).*b", "ab", true), ("(?=b).*b", "ab", false),
        ("\\bcat\\b.*", "cat-1", true), ("\\bcat\\b.*", "cats", false), ("x\\B.*", "xy", true),
        ("(?<n>a)(?:b)", "ab", true),
        ("a*?b+?c??", "aabb", true), ("(a*)*", "aaa", true), ("(a*)+b", "b", true), ("", "x", false), ("a|", "a", true),
        ("composer-2\\.5\\[fast=true\\]", "composer-2.5[fast=true]", true), ("é+", "éé", true), ("\\Aa\\z", "a", true),
    ])
    func `a regular expression fits whole names in any case`(_ text: String, _ name: String, _ fits: Bool) throws {
        #expect(try found(by: "regex: '\(text)'", name) == fits)
    }

    @Test(arguments: [
        ("gpt-*", "gpt-5", true), ("gpt-*", "gpt-", true), ("gpt-*", "xgpt-5", false), ("*-mini", "gpt-mini", true),
        ("*mid*", "a-mid-b", true), ("*", "anything", true), ("gpt-?", "gpt-5", true), ("gpt-?", "gpt-50", false),
        ("G*-M?NI", "gpt-5-mini", true), ("a*b*c", "a-b-bc", true), ("a*b*c", "a-c-b", false), ("gpt-5", "gpt-5", true),
        ("gpt-5", "gpt-5.5", false), ("a[b]", "a[b]", true), ("a.c", "abc", false), ("**x**", "axb", true),
        ("?*", "a", true),
    ])
    func `a glob knows two wildcards and fits whole names`(_ text: String, _ name: String, _ fits: Bool) throws {
        #expect(try found(by: "glob: '\(text)'", name) == fits)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `the standard library's matcher is of the same opinion`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<10 {
            let text = expression(depth: 3, using: &random)
            let book = try book("regex: '\(text)'")
            let other = try Regex(text)
            for _ in 0..<12 {
                let letters = (0..<Int.random(in: 1...7, using: &random)).map { _ in
                    "abc1_".randomElement(using: &random) ?? "a"
                }
                let name = String(letters)
                let fits = book.price(TestBook.question(name)).model == "acme/it override"
                guard fits == ((try? other.wholeMatch(in: name)) != nil) else {
                    Issue.record("'\(text)' and '\(name)': \(fits) here")
                    return
                }
            }
        }
    }

    /// A small expression of literals, classes, groups, repetitions and looking ahead.
    private func expression(depth: Int, using random: inout SeededGenerator) -> String {
        let atoms = ["a", "b", "1", "_", ".", "[ab]", "[^a]", "\\d", "\\w", "[a-c1]"]
        var text = ""
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            switch Int.random(in: 0..<(depth > 0 ? 9 : 4), using: &random) {
            case 4:
                let left = expression(depth: depth - 1, using: &random)
                text += "(\(left)|\(expression(depth: depth - 1, using: &random)))"
            case 5: text += "(?:\(expression(depth: depth - 1, using: &random)))"
            case 6 where depth == 3:
                let kind = Bool.random(using: &random) ? "(?=" : "(?!"
                text += kind + expression(depth: 0, using: &random) + ")"
                continue
            case 7:
                text += ["^", "$"].randomElement(using: &random) ?? "^"
                continue
            default: text += atoms.randomElement(using: &random) ?? "a"
            }
            text += ["", "", "*", "+", "?", "{2}", "{1,2}", "*?"].randomElement(using: &random) ?? ""
        }
        return text
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `many rules find what trying each of them finds`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func text(_ lengths: ClosedRange<Int>) -> String {
            String(
                (0..<Int.random(in: lengths, using: &random)).map { _ in "aab-".randomElement(using: &random) ?? "a" })
        }
        let kinds = ["prefix", "suffix", "contains", "equals"]
        let rules = (0..<25).map {
            (kind: kinds.randomElement(using: &random) ?? "prefix", text: text(1...5), number: $0)
        }
        let models = rules.map { rule in
            "  - {id: acme/\(rule.number), provider: acme, match: [{\(rule.kind): '\(rule.text)'}], "
                + "prices: [{rates: {input: 1}}]}\n"
        }
        let book = try TestBook.make(
            [TestBook.model("acme/unused", ["unused"])], files: ["models:\n" + models.joined()])
        for _ in 0..<60 {
            let name = text(1...12)
            let fitting = rules.filter { rule in
                switch rule.kind {
                case "prefix": name.hasPrefix(rule.text)
                case "suffix": name.hasSuffix(rule.text)
                case "contains": name.contains(rule.text)
                default: name == rule.text
                }
            }
            // Longer before shorter, then by kind, then the first one.
            let ranks = ["contains": 1, "suffix": 2, "prefix": 3, "equals": 4]
            let best = fitting.max { left, right in
                (left.text.utf8.count, ranks[left.kind] ?? 0, -left.number)
                    < (right.text.utf8.count, ranks[right.kind] ?? 0, -right.number)
            }
            let expected = best.map { "acme/\($0.number) override" } ?? "unknown_model"
            #expect(book.price(TestBook.question(name)).model == expected, "\(name) \(rules)")
        }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "(a+)+", "(a|a)*b", "(a|aa)+$", "([a-z]+)*-x", "(.*)*(.*)*(.*)*x", "(?!(.*a){6}b).*", "((?!(.*a){6}b).)*",
            "(a?){100}a{100}",
        ])
    func `no name makes an expression take long`(_ text: String) throws {
        let name = String(repeating: "a", count: 255) + "!"
        let book = try book("regex: '\(text)'")
        let clock = ContinuousClock()
        let time = clock.measure { _ = book.price(TestBook.question(name)) }
        #expect(time < .seconds(5), "an unoptimised build takes tens of milliseconds")
    }

    @Test(
        arguments: [
            ("m-longest-x", "acme/regex"), ("m-lon-x", "acme/prefix"), ("a-b", "acme/all"), ("a-c", "acme/any"),
            ("zz", "acme/glob"), ("lister", "acme/listed"),
        ])
    func `the rule with most literals holds, whatever its kind`(_ name: String, _ id: String) throws {
        let rules = [
            ("acme/any", "any: [{prefix: a-}, {suffix: -c}]"),
            ("acme/all", "all: [{prefix: a-}, {suffix: '-b'}, {contains: a-b}]"),
            ("acme/glob", "glob: '*'"), ("acme/prefix", "prefix: m-lon"), ("acme/regex", "regex: 'm-longes[a-z]-.*'"),
            ("acme/listed", "equals: lister"),
        ]
        let models = rules.map {
            "  - {id: \($0.0), provider: acme, match: [{\($0.1)}], prices: [{rates: {input: 1}}]}\n"
        }
        let book = try TestBook.make(
            [TestBook.model("acme/unused", ["unused"])], files: ["models:\n" + models.joined()])
        #expect(book.price(TestBook.question(name)).model == "\(id) override")
    }

    private func found(by rule: String, _ name: String) throws -> Bool {
        guard rule != "regex: ''" else { return false }
        return try book(rule).price(TestBook.question(name)).model == "acme/it override"
    }

    private func book(_ rule: String) throws -> PriceBook {
        try TestBook.make(
            [TestBook.model("acme/unused", ["unused"])],
            files: ["models:\n  - {id: acme/it, provider: acme, match: [{\(rule)}], prices: [{rates: {input: 1}}]}"])
    }
}
