// SPDX-License-Identifier: Apache-2.0
import GenAI
import Testing

@Suite struct SymbolTableTests {
    /// Knows a few values, and that names which begin alike mean the same.
    private struct Values: KnownValues {
        func spelling(of text: String, in vocabulary: Vocabulary) -> String? {
            ["gpt-x", "batch", "acme"].first { $0 == text.lowercased() }
        }

        func meaning(ofHost host: String) -> ValueMeaning? {
            host.hasSuffix(".acme.com") ? ValueMeaning(parts: [1], essentialParts: [1], shownText: host) : nil
        }

        func meaning(
            ofModel model: String, provider: String, host: String, tenantClass: UInt32
        ) -> ValueMeaning? {
            guard model.hasPrefix("gpt-") else { return nil }
            return ValueMeaning(parts: [provider.count], essentialParts: [0], shownText: "acme/gpt")
        }
    }

    private let symbols = SymbolTable(limits: [.model: 2, .tier: 1, .serverAddress: 1], ownNameLimit: 1)

    @Test func `known values get their symbols whatever came before, and do not count against the limit`() {
        symbols.know(Values())
        #expect(text("gpt-x", .model) == "gpt-x")
        #expect((0..<4).map { text("junk-\($0)", .model) } == ["junk-0", "junk-1", "__overflow__", "__overflow__"])
        #expect(text("acme", .model) == "acme")
        #expect((0..<3).map { text("junk-\($0)", .tier) } == ["junk-0", "__overflow__", "__overflow__"])
        #expect(text("batch", .tier) == "batch")
        #expect(text("standard", .tier) == "standard")
        #expect(symbols.overflows(of: .tier) == 2)
    }

    @Test func `only a few spellings of a known value get symbols of their own`() {
        symbols.know(Values())
        let spellings = ["GPT-X", "Gpt-X", "gPT-x", "gpT-x", "gPt-x", "GpT-x"]
        #expect(spellings.map { text($0, .model) } == spellings.prefix(4) + ["gpt-x", "gpt-x"])
        #expect(text("GPT-X", .model) == "GPT-X")
        #expect(text("junk", .model) == "junk")
    }

    @Test func `names that mean the same share a symbol once there is no room for more`() {
        symbols.know(Values())
        for number in 0..<5 { _ = text("junk-\(number)", .model) }
        func standIn(_ name: String, provider: String = "acme") -> Symbol {
            #expect(symbols.symbol(for: name, in: .model) == .overflow)
            let provider = symbols.symbol(for: provider, in: .provider)
            return symbols.standIn(for: name, provider: provider, host: .absent, tenantClass: 0)
        }
        let own = standIn("gpt-1")
        #expect(symbols.text(of: own) == "gpt-1" && !symbols.isStandIn(own))
        let shared = standIn("gpt-2")
        #expect(symbols.text(of: shared) == "acme/gpt" && symbols.isStandIn(shared))
        #expect(symbols.meantText(of: shared) == "gpt-2")
        #expect(standIn("gpt-3") == shared)
        #expect(standIn("gpt-3", provider: "other") != shared)
        #expect(symbols.overflows(of: .model) == 0)
        #expect(standIn("nothing") == .overflow)
        #expect(symbols.overflows(of: .model) == 1)
    }

    @Test func `hosts that mean the same share a symbol once there is no room for more`() {
        symbols.know(Values())
        let first = symbols.symbol(for: "a.acme.com", in: .serverAddress)
        let second = symbols.symbol(for: "b.acme.com", in: .serverAddress)
        #expect(second != first && second != .overflow)
        #expect(symbols.symbol(for: "c.acme.com", in: .serverAddress) == second)
        #expect(symbols.symbol(for: "junk.example.com", in: .serverAddress) == .overflow)
    }

    private func text(_ value: String, _ vocabulary: Vocabulary) -> String {
        symbols.text(of: symbols.symbol(for: value, in: vocabulary))
    }
}
