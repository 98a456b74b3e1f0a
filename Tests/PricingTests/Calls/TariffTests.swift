// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

@Suite struct TariffTests {
    /// 1 January 2026.
    private static let newYear: Int32 = 20_454

    @Test(
        arguments: [(-1, "1"), (0, "2"), (30, "2"), (31, "3"), (58, "3"), (59, "2"), (5000, "2")] as [(Int32, String)])
    func `the last price in force holds, from its first day to before its last`(_ day: Int32, _ cost: String) throws {
        let book = try book(
            """
            "prices":[{"rates":{"input":"1"}},{"from":"2026-01-01","rates":{"input":"2"}},\
            {"from":"2026-02-01","until":"2026-03-01","rates":{"input":"3"}}]
            """)
        #expect(book.price(TestBook.question("m", at: (Self.newYear + day, 0))).text == cost)
    }

    @Test func `a call from before the first price has none`() throws {
        let book = try book("\"prices\":[{\"from\":\"2026-01-01\",\"rates\":{\"input\":\"2\"}}]")
        #expect(book.price(TestBook.question("m", at: (Self.newYear - 1, 1439))).text == "no_rate")
    }

    // 1 January 2026 was a Thursday; hours are in UTC, days of the week in Shanghai.
    @Test(
        arguments: [
            (0, 599, "1"), (0, 600, "2"), (0, 1439, "2"), (0, 0, "1"), (1, 959, "2"), (1, 960, "1"), (3, 0, "1"),
            (3, 959, "1"), (3, 960, "2"), (4, 599, "1"), (4, 600, "2"),
        ] as [(Int32, Int16, String)])
    func `a price by the hour holds inside its window`(_ day: Int32, _ minute: Int16, _ cost: String) throws {
        let book = try book(
            """
            "prices":[{"rates":{"input":"1"}},{"windows":[{"days":[1,2,3,4,5],"hours_utc":["10:00-00:00"]}],\
            "tz":"Asia/Shanghai","rates":{"input":"2"}}]
            """)
        #expect(book.price(TestBook.question("m", at: (Self.newYear + day, minute))).text == cost)
    }

    @Test(
        arguments: [
            (3, 1319, "1"), (3, 1320, "2"), (4, 359, "2"), (4, 360, "1"), (4, 1320, "1"), (3, 0, "1"),
        ] as [(Int32, Int16, String)])
    func `a window past midnight belongs to the day on which it begins`(
        _ day: Int32, _ minute: Int16, _ cost: String
    ) throws {
        let book = try book(
            """
            "prices":[{"rates":{"input":"1"}},{"windows":[{"days":[7],"hours_utc":["22:00-06:00"]}],\
            "rates":{"input":"2"}}]
            """)
        #expect(book.price(TestBook.question("m", at: (Self.newYear + day, minute))).text == cost)
    }

    @Test(
        arguments: [
            ([.input: 200_000], "0.2"), ([.input: 200_001], "0.400002"),
            ([.input: 1, .cacheRead: 199_999], "0.0200009"),
            ([.input: 1, .cacheRead: 200_000], "0.020002"), ([.input: 1, .cacheWrite: 200_000], "0.400002"),
            ([.inputAudio: 200_001], "0.400002"), ([.input: 1, .output: 900_000], "3.600001"),
            ([.input: 400_000], "0.8"), ([.input: 400_001], "1.200003"),
        ] as [([TokenClass: Int64], String)])
    func `a long request is billed at the higher rates altogether`(
        _ counts: [TokenClass: Int64], _ cost: String
    ) throws {
        let book = try book(
            """
            "prices":[{"rates":{"input":"1","output":"4","cache_read":"0.1"},"above":[\
            {"over":200000,"rates":{"input":"2","output":"6"}},{"over":400000,"rates":{"input":"3"}}]}]
            """)
        #expect(book.price(TestBook.question("m", counts)).text == cost)
    }

    @Test(arguments: [
        ("", "10", false), ("default", "10", false), ("Standard", "10", false), ("on_demand", "10", false),
        ("auto", "10", false), ("batch", "5", false), ("BATCH", "5", false), ("priority", "20", false),
        ("fast", "20", false), ("flex", "10", true), ("something", "10", true),
    ])
    func `a tier is billed at its own rates, an unknown one at the default ones as an estimate`(
        _ tier: String, _ cost: String, _ isEstimate: Bool
    ) throws {
        let book = try book(
            """
            "prices":[{"rates":{"input":"10"}}],"variants":[{"when":{"tier":"batch"},"rates":{"input":"5"}},\
            {"when":{"tier":"priority"},"rates":{"input":"20"}}]
            """)
        let answer = book.price(TestBook.question("m", tier: tier))
        #expect(answer.text == cost)
        #expect(answer.isEstimate == isEstimate)
    }

    @Test func `a model's own fast rates come before its priority rates`() throws {
        let priority = "{\"when\":{\"tier\":\"priority\"},\"rates\":{\"input\":\"20\"}}"
        let speed = "{\"when\":{\"speed\":\"fast\"},\"rates\":{\"input\":\"30\"}}"
        let tier = "{\"when\":{\"tier\":\"fast\"},\"rates\":{\"input\":\"40\"}}"
        for (variants, cost) in [([priority], "20"), ([priority, speed], "30"), ([priority, speed, tier], "40")] {
            let book = try book(
                "\"prices\":[{\"rates\":{\"input\":\"1\"}}],\"variants\":[\(variants.joined(separator: ","))]")
            #expect(book.price(TestBook.question("m", tier: "fast")).text == cost)
        }
    }

    @Test func `a variant replaces rate by rate and has thresholds of its own`() throws {
        let book = try book(
            """
            "prices":[{"rates":{"input":"10","output":"40","cache_read":"1"}}],"variants":[{"when":{"tier":"batch"},\
            "rates":{"input":"5"},"above":[{"over":100,"rates":{"input":"7"}}]}]
            """)
        let small = TestBook.question("m", tier: "batch", [.input: 90, .cacheRead: 10, .output: 100])
        #expect(book.price(small).text == "0.00446")
        let large = TestBook.question("m", tier: "batch", [.input: 91, .cacheRead: 10, .output: 100])
        #expect(book.price(large).text == "0.004647")
    }

    @Test(arguments: [(-1, "1"), (0, "2"), (400, "2"), (10_000, "3")] as [(Int32, String)])
    func `of several variants for one tier the first in force wins`(_ day: Int32, _ cost: String) throws {
        let book = try book(
            """
            "prices":[{"rates":{"input":"8"}}],"variants":[\
            {"when":{"tier":"batch"},"from":"2030-01-01","rates":{"input":"3"}},\
            {"when":{"tier":"batch"},"from":"2026-01-01","rates":{"input":"2"}},\
            {"when":{"tier":"batch"},"rates":{"input":"1"}}]
            """)
        #expect(book.price(TestBook.question("m", tier: "batch", at: (Self.newYear + day, 0))).text == cost)
    }

    @Test func `a call from before a variant was entered has its rates if the base rates were the same`() throws {
        let variant =
            "\"variants\":[{\"when\":{\"tier\":\"batch\"},\"from\":\"2026-01-01\",\"rates\":{\"input\":\"5\"}}]"
        let same = try book("\"prices\":[{\"rates\":{\"input\":\"10\"}}],\(variant)")
        let before = TestBook.question("m", tier: "batch", at: (Self.newYear - 1, 0))
        #expect(same.price(before).text == "5")
        #expect(!same.price(before).isEstimate)
        let changed = try book(
            "\"prices\":[{\"rates\":{\"input\":\"12\"}},{\"from\":\"2025-12-31\",\"rates\":{\"input\":\"10\"}}],\(variant)"
        )
        #expect(changed.price(before).text == "5")
        let earlier = changed.price(TestBook.question("m", tier: "batch", at: (Self.newYear - 2, 0)))
        #expect(earlier.text == "12")
        #expect(earlier.isEstimate)
    }

    @Test(arguments: [
        ([:], "3.333333333"), (["endpoint": "regional"], "3.666666666"), (["endpoint": "x"], "3.333333333"),
    ])
    func `a region's factor is on every token rate, rounded half-even, and not on fees`(
        _ region: [String: String], _ cost: String
    ) throws {
        let book = try book(
            """
            "prices":[{"rates":{"input":"3.333333333"},"fees":{"web_search":"0.01"}}],\
            "multipliers":[{"when":{"endpoint":"regional"},"by":"1.1"}]
            """)
        var question = TestBook.question("m")
        question.region = region
        #expect(book.price(question).text == cost)
        question.units[.webSearch] = 2_000_000
        let added = try Dollars("0.02")
        guard case .priced(_, let sum) = book.price(question).outcome else { return #expect(Bool(false)) }
        #expect(sum + Dollars(femtodollars: -added.femtodollars) == (try Dollars(cost)))
    }

    private func book(_ rest: String) throws -> PriceBook { try TestBook.make([TestBook.model("acme/m", ["m"], rest)]) }
}
