// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Testing

@Suite struct TenantTableTests {
    @Test func `a class whose attributes were forgotten is nobody's, and that is counted`() throws {
        let table = TenantTable([try Self.tenants(by: "a0")], symbols: SymbolTable())
        let asked = Tenants.Attribute(.resource, "a0")
        // The class of values over a ceiling, which is there from the beginning.
        for turn in 1..<8 {
            #expect(table.read(for: [try Self.tenants(by: "a\(turn)")]) != nil)
            #expect(table.value(of: asked, in: 1) == "__overflow__")
            #expect(table.overflows == 0)
        }
        #expect(table.read(for: [try Self.tenants(by: "a8")]) != nil)
        #expect(table.value(of: asked, in: 1) == nil)
        #expect(table.overflows == 1)
        #expect(table.value(of: asked, in: 0) == nil)
        #expect(table.overflows == 1)
    }

    private static func tenants(by key: String) throws -> Tenants {
        let text = """
            format: pricebook/1
            tenants: {gold: {match: {resource: {\(key): gold}}, discount: [{provider: openai, by: "0.5"}]}}
            """
        return try PriceBook.load([PriceBook.Source(name: "prices.yaml", bytes: Array(text.utf8))]).tenants
    }
}
