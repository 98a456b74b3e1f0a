// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// `prices update`, with small books of a provider of the tests' own.
@Suite struct PricesUpdateTests {
    private let folder: PriceFolder

    init() throws {
        folder = try PriceFolder(
            settings: "prices: {files: [book.json, prices.yaml]}", prices: "format: pricebook/1\nmodels: []")
        try folder.write(Self.book("1", "2026-01-01", ["a": "1", "b": "2", "c": "3"]), "book.json")
        try folder.write(Self.book("2", "2026-02-01", ["a": "1", "b": "2.5", "d": "4"]), "newer.json")
    }

    /// A book as the importer lays it out: a head, then a model on each line.
    private static func book(_ version: String, _ date: String, _ inputs: [String: String]) -> String {
        let models = inputs.sorted { $0.key < $1.key }.map { name, input in
            "{\"id\":\"acme/\(name)\",\"provider\":\"acme\",\"names\":[\"\(name)\"],"
                + "\"prices\":[{\"rates\":{\"input\":\"\(input)\",\"output\":\"8\"}}]}"
        }
        return """
            {"format":"pricebook/1","version":"\(version)","date":"\(date)","currency":"USD",\
            "sources":[{"name":"made up","version":"1"}],"conflicts":[],"excluded":[],\
            "providers":{"acme":{"aliases":["acme-ai"]}},"aliases":[],"same_price_words":[],"models":[
            \(models.joined(separator: ",\n"))
            ]}

            """
    }

    private func update(_ arguments: String...) throws -> ProgramResult {
        try run(
            Repository.service,
            ["prices", "update"] + folder.arguments
                + arguments.map { $0.hasSuffix(".json") ? folder.path($0) : $0 })
    }

    private func content(_ name: String) -> String? { try? String(contentsOfFile: folder.path(name), encoding: .utf8) }

    @Test func `a newer book is put in its place, the former one is kept, and the changes are told`() throws {
        let (old, new) = (try #require(content("book.json")), try #require(content("newer.json")))
        let result = try update("newer.json")
        #expect(result.status == 0, "\(result.log)")
        #expect(
            result.text.replacing(folder.path("x").dropLast(), with: "") == """
                price book 1 -> 2
                models added:
                  acme/d
                models removed:
                  acme/c
                prices changed:
                  acme/b  input  2  ->  2.5
                models: 1 added, 1 removed; figures: 1 changed, 2 added, 2 removed
                book.json was replaced; the former book is book.json.previous

                """)
        #expect(content("book.json") == new)
        #expect(content("book.json.previous") == old)
        let listed = try run(
            Repository.service, ["prices", "list", "--prices", folder.path("book.json"), "--provider", "acme"])
        #expect(listed.text.contains("acme/d"))
        // Nothing else was left behind.
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted()
        #expect(files == ["book.json", "book.json.previous", "newer.json", "prices.yaml", "settings.yaml"])

        let again = try update("newer.json")
        #expect(again.status == 0)
        #expect(again.text.hasSuffix("book.json has this book already\n"))
        #expect(content("book.json.previous") == old)
    }

    @Test func `a dry run tells the same and writes nothing`() throws {
        let old = content("book.json")
        let result = try update("newer.json", "--dry-run", "--format", "json")
        #expect(result.status == 0)
        let told = try #require(try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
        #expect(told["outcome"] as? String == "dry_run")
        #expect(told["models_added"] as? [String] == ["acme/d"])
        #expect(told["models_removed"] as? [String] == ["acme/c"])
        #expect(told["changed"] as? Int == 1)
        #expect((told["changes"] as? [[String: Any]])?.first?["after"] as? String == "2.5")
        #expect(content("book.json") == old)
        #expect(content("book.json.previous") == nil)
    }

    @Test func `a place that does not exist yet is filled`() throws {
        try folder.write(settings: "prices: {files: [later.json]}")
        // Newer than the embedded book, which is in force as long as there is no other.
        try folder.write(Self.book("9", "2099-01-01", ["a": "1"]), "newer.json")
        let result = try update("newer.json")
        #expect(result.status == 0, "\(result.log)")
        #expect(content("later.json") == content("newer.json"))
        #expect(result.text.hasSuffix("later.json was replaced\n"))
    }

    @Test func `a second spelling of the place is the same place, and no other book may hide the new one`() throws {
        let elsewhere = try update("newer.json", "--to", "other.json")
        #expect(elsewhere.status == 1)
        #expect(elsewhere.log.contains("the settings name this price book; leave out --to, or give it this file"))
        #expect(content("other.json") == nil)
        let result = try update("newer.json", "--to", "./book.json")
        #expect(result.status == 0, "\(result.log)")
        #expect(result.text.contains("price book 1 -> 2"))
        #expect(content("book.json") == content("newer.json"))
    }

    @Test func `an older book is refused unless it is asked for`() throws {
        try folder.write(Self.book("0", "2025-12-01", ["a": "1"]), "older.json")
        let result = try update("older.json")
        #expect(result.status == 1)
        #expect(result.log.contains("version 0 is older than 1, which is in force; --allow-older accepts it"))
        #expect(content("book.json.previous") == nil)
        #expect(try update("older.json", "--allow-older").status == 0)
        #expect(content("book.json") == content("older.json"))
    }

    @Test(
        arguments: [
            ("prices: {files: [prices.yaml]}", "newer.json", "the settings name no place for a price book"),
            ("prices: {files: [book.json, newer.json]}", "newer.json", "several places for a price book"),
            ("prices: {files: [book.json]}", "prices.yaml", "no price book of the importer"),
            ("prices: {files: [book.json]}", "missing.json", "the price book does not exist"),
            ("prices: {files: [book.json]}", "cut.json", "cut.json"),
            ("prices: {files: [book.json]}", "key.json", "key.json"),
            ("prices: {files: [book.json, alias.yaml]}", "newer.json", "alias.yaml:2"),
            ("pries: {}", "newer.json", "unknown key 'pries'"),
        ])
    func `what cannot be put in place is refused with the reason, and nothing changes`(
        settings: String, file: String, message: String
    ) throws {
        let old = content("book.json")
        try folder.write(settings: settings)
        let sound = Self.book("3", "2026-03-01", ["a": "1", "b": "2"])
        try folder.write(String(sound.prefix(sound.count - 20)), "cut.json")
        try folder.write(sound.replacing("\"prices\"", with: "\"prizes\""), "key.json")
        try folder.write("format: pricebook/1\naliases: [{provider: acme, name: x, to: acme/c}]", "alias.yaml")
        let result = try run(
            Repository.service, ["prices", "update"] + folder.arguments + [folder.path(file)])
        #expect(result.status == 1)
        #expect(result.log.contains(message), "\(result.log)")
        #expect(content("book.json") == old)
        #expect(content("book.json.previous") == nil)
    }
}
