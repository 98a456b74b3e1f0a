// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Pricing
import TestData
import Testing
import TestRooms

/// Books that tell tenants by other attributes than the books before.
@Suite struct TenantReloadTests {
    private static let million = usage(1_000_000, 0)

    @Test func `attributes that a new book asks for are read of the spans that come after it`() throws {
        let replayed = try Replayed(book: book("gateways: []"))
        func call(_ number: UInt8) -> TraceRequestWriter.Span {
            chat(number, Self.million + [("user.plan", .string("paid")), ("org", .string("house"))])
        }
        var number: UInt8 = 0
        func cost() throws -> String? {
            number += 1
            let before = replayed.cost
            try replayed.ingest([call(number)])
            return replayed.cost.map { "\($0 - (before ?? 0))" }
        }
        #expect(try cost() == "2.5")
        replayed.reload(try Self.tenantBook("user.plan", "paid", "0.5"))
        #expect(try cost() == "1.25")
        replayed.reload(try Self.tenantBook("org", "house", "0.2"))
        #expect(try cost() == "0.5")
        replayed.reload(try Self.tenantBook("user.plan", "other", "0.5"))
        #expect(try cost() == "2.5")
        replayed.reload(try book("gateways: []"))
        #expect(try cost() == "2.5")
    }

    @Test func `calls that were read before keep what was read, whatever waits beside them`() throws {
        let replayed = try Replayed(book: Self.tenantBook("a", "x", "0.5"))
        try replayed.ingest([chat(1, Self.million + [("a", .string("x")), ("b", .string("y"))])])
        replayed.reload(
            try book(
                """
                tenants:
                  first: {match: {span: {a: x}}, discount: [{by: "0.1"}]}
                  second: {match: {span: {b: y}}, discount: [{by: "0.01"}]}
                """))
        // The first call still has its attribute; what nobody read of it is not there.
        try replayed.ingest([chat(2, Self.million + [("a", .string("z")), ("b", .string("y"))])])
        try replayed.ingest([chat(3, Self.million + [("a", .string("x")), ("b", .string("y"))])])
        #expect(replayed.cost == 0.25 + 0.025 + 0.25)
    }

    @Test func `shadow books have their tenants told, too`() throws {
        let replayed = try Replayed(
            book: book("gateways: []"),
            shadows: [ShadowPrices.Book(name: "other", book: try Self.tenantBook("user.plan", "paid", "0.5"))])
        try replayed.ingest([chat(1, Self.million + [("user.plan", .string("paid"))])])
        #expect(replayed.cost == 2.5)
        #expect(replayed.samples("llm_shadow_cost_dollars_total").first?.hasSuffix(" 1.25") == true)
    }

    @Test func `any number of reloads is borne, and those that change nothing change nothing`() throws {
        let books = try ["a", "b", "c"].map { try Self.tenantBook($0, "x", "0.5") }
        let replayed = try Replayed(book: books[0])
        for turn in 1...300 {
            replayed.reload(books[turn % 3])
            try replayed.ingest([
                TraceRequestWriter.Span(
                    traceID: [UInt8](1...16), spanID: [1, 0, 0, 0, 0, 0, UInt8(turn >> 8), UInt8(turn & 0xFF)],
                    attributes: chat(0, Self.million).attributes + [(["a", "b", "c"][turn % 3], .string("x"))])
            ])
            #expect(replayed.cost == 1.25 * Double(turn))
        }
        let tenants = [books[0].tenants, books[1].tenants]
        _ = replayed.tenants.read(for: tenants)
        #expect(replayed.tenants.read(for: tenants.reversed()) == nil)
    }

    private static func tenantBook(_ key: String, _ value: String, _ factor: String) throws -> PriceBook {
        try book("tenants: {t: {match: {span: {\(key): \(value)}}, discount: [{by: \"\(factor)\"}]}}")
    }
}

extension Replayed {
    /// All dollars so far, once everything that waits is counted.
    fileprivate var cost: Double? {
        let amounts = lines("llm_cost_dollars_total").compactMap {
            $0.split(separator: " ").last.flatMap { Double($0) }
        }
        return amounts.isEmpty ? nil : amounts.reduce(0, +)
    }
}
