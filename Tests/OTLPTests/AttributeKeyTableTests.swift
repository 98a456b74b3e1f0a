// SPDX-License-Identifier: Apache-2.0
import TestData
import Testing

@testable import OTLP

@Suite struct AttributeKeyTableTests {
    private static func table(_ names: [String]) -> AttributeKeyTable {
        var keys = AttributeKeys()
        for name in names { _ = keys.id(of: name) }
        return AttributeKeyTable(keys)
    }

    /// Looks a key up at the end of some bytes and in the middle of them.
    private static func find(_ name: String, in table: AttributeKeyTable) -> Int? {
        let key = Array(name.utf8)
        let bytes = Array("before".utf8) + key
        let atEnd = table.find(in: bytes.span, at: 6, length: key.count)
        #expect(table.find(in: (bytes + [0x12, 0xFF]).span, at: 6, length: key.count) == atEnd)
        return atEnd.map(Int.init)
    }

    private static func names(_ count: Int, seed: UInt64) -> [String] {
        var random = SeededGenerator(seed: seed)
        var names: Set<String> = []
        while names.count < count {
            let parts = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                ["a", "b1", "gen_ai", "usage", "input_tokens", "cache_read"].randomElement(using: &random) ?? ""
            }
            names.insert(
                parts.joined(separator: [".", "_"].randomElement(using: &random) ?? "") + "\(names.count % 9)")
        }
        return names.sorted()
    }

    @Test(arguments: [0, 1, 2, 40, 160, 700, 3_000])
    func `each of any number of keys is found by its number, and no other`(count: Int) {
        let names = Self.names(count * 2, seed: UInt64(count))
        let table = Self.table(Array(names[..<count]))
        for (number, name) in names.enumerated() {
            #expect(Self.find(name, in: table) == (number < count ? number : nil))
        }
    }

    @Test func `as many keys as dialects ask for have a slot each`() {
        #expect(Self.table(Self.names(160, seed: 1)).isPerfect)
        #expect(Self.table([]).isPerfect)
    }

    @Test func `keys that are hashed alike are told apart`() {
        func name(_ middle: String) -> String { "sixteen bytes at\(middle)both of its two ends" }
        let table = Self.table(["x.first", name("1"), name("2"), name("3"), "x.last"])
        #expect(!table.isPerfect)
        #expect(["1", "2", "3"].map { Self.find(name($0), in: table) } == [1, 2, 3])
        #expect(["4", "", "11"].map { Self.find(name($0), in: table) } == [nil, nil, nil])
        #expect(Self.find("x.first", in: table) == 0)
        #expect(Self.find("x.last", in: table) == 4)
    }

    @Test(arguments: 1...70)
    func `a key of any length differs from one with another byte, one more or one less`(length: Int) {
        let name = String(repeating: "k", count: length)
        let table = Self.table(["other", name])
        #expect(Self.find(name, in: table) == 1)
        #expect(Self.find(name + "k", in: table) == nil)
        #expect(Self.find(String(name.dropLast()), in: table) == nil)
        for index in 0..<length {
            var bytes = Array(name.utf8)
            bytes[index] = 0x6A
            #expect(Self.find(String(decoding: bytes, as: UTF8.self), in: table) == nil)
        }
    }

    @Test func `a key that is longer than any wanted one can be is not found`() {
        let name = String(repeating: "k", count: 65_535)
        let table = Self.table([name])
        #expect(Self.find(name, in: table) == 0)
        #expect(Self.find(name + "k", in: table) == nil)
        #expect(Self.find(name + name, in: table) == nil)
    }

    @Test func `keys that Swift takes for equal strings are two keys`() {
        let table = Self.table(["\u{E9}", "e\u{301}", "\u{E9}"])
        #expect(Self.find("\u{E9}", in: table) == 0)
        #expect(Self.find("e\u{301}", in: table) == 1)
    }
}
