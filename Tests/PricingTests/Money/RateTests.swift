// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

@Suite struct RateTests {
    @Test(arguments: [
        ("0", 0), ("6", 6_000_000_000), ("0.6", 600_000_000), ("2.50", 2_500_000_000), ("0.00013", 130_000),
        ("0.000000001", 1), ("1000", 1_000_000_000_000), ("0.1800000000000000", 180_000_000),
        ("9223372036.854775807", Int64.max), ("007", 7_000_000_000),
    ])
    func `dollars per million tokens are read exactly`(_ text: String, _ femtodollars: Int64) throws {
        #expect(try Rate(dollarsPerMillion: text).femtodollarsPerToken == femtodollars)
    }

    @Test(arguments: [
        ("", DecimalError.notDecimal), (".", .notDecimal), (".5", .notDecimal), ("5.", .notDecimal),
        ("-1", .notDecimal),
        ("+1", .notDecimal), ("1e-6", .notDecimal), ("1,5", .notDecimal), ("1.2.3", .notDecimal), (" 1", .notDecimal),
        ("$1", .notDecimal), ("nan", .notDecimal), ("٣", .notDecimal), ("0.0000000001", .tooManyDecimals(limit: 9)),
        ("0.18000000000000002", .tooManyDecimals(limit: 9)), ("9223372036.854775808", .tooLarge),
        ("99999999999999999999", .tooLarge),
    ])
    func `anything else is refused with its reason`(_ text: String, _ expected: DecimalError) {
        #expect(throws: expected) { try Rate(dollarsPerMillion: text) }
    }

    @Test func `a line beyond 64 bits is exact`() throws {
        let cost = try Rate(dollarsPerMillion: "1000").cost(ofTokens: 10_000_000)
        #expect(cost.femtodollars == 10_000_000_000_000_000_000)
        #expect(cost.description == "10000")
    }

    @Test(arguments: ["0", "0.00013", "2.5", "75", "0.333333333"])
    func `a rate read and written again is the same`(_ text: String) throws {
        #expect(try Rate(dollarsPerMillion: text).dollarsPerMillion == text)
    }
}

@Suite struct RateSheetTests {
    @Test(arguments: [
        (TokenClass.input, "1", false), (.output, "2", false), (.cacheRead, "1", false), (.cacheWrite, "1", false),
        (.cacheWrite1h, "1", false), (.cacheWrite12h, "1", false), (.reasoning, "2", false), (.inputAudio, "1", true),
        (.outputAudio, "2", true), (.cacheReadAudio, "1", true), (.inputImage, "1", true), (.outputImage, "2", true),
        (.cacheReadImage, "1", true), (.inputVideo, "1", true), (.outputVideo, "2", true),
    ])
    func `a class without a rate falls back to plain input or output`(
        _ tokenClass: TokenClass, _ rate: String, _ isEstimate: Bool
    ) throws {
        let billed = try sheet([.input: "1", .output: "2"]).billed(tokenClass)
        #expect(billed?.rate.dollarsPerMillion == rate)
        #expect(billed?.isEstimate == isEstimate)
    }

    @Test(arguments: [
        (TokenClass.cacheWrite1h, "4"), (.cacheWrite12h, "4"), (.cacheWrite, "4"), (.cacheRead, "3"),
        (.cacheReadAudio, "3"), (.cacheReadImage, "3"),
    ])
    func `cached classes fall back to their own kind first`(_ tokenClass: TokenClass, _ rate: String) throws {
        let sheet = try sheet([.input: "1", .output: "2", .cacheRead: "3", .cacheWrite: "4"])
        #expect(sheet.billed(tokenClass)?.rate.dollarsPerMillion == rate)
    }

    @Test func `a stated zero is a price`() throws {
        let sheet = try sheet([.input: "1", .cacheRead: "0"])
        #expect(sheet.billed(.cacheRead)?.rate.dollarsPerMillion == "0")
    }

    @Test func `a class without any rate to fall back to has none`() throws {
        #expect(try sheet([.output: "2"]).billed(.cacheRead) == nil)
        #expect(try sheet([.input: "2"]).billed(.reasoning) == nil)
    }

    private func sheet(_ rates: [TokenClass: String]) throws -> RateSheet {
        var sheet = RateSheet()
        for (tokenClass, rate) in rates { sheet[tokenClass] = try Rate(dollarsPerMillion: rate) }
        return sheet
    }
}
