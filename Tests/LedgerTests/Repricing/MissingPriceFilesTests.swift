// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import TestData
import Testing

@testable import Ledger

/// A repricing says which price files of the calls' prices it does not have.
@Suite struct MissingPriceFilesTests {
    private static let minutes: Range<Int64> = 26_297_280..<68_374_080
    private static let contract = "format: pricebook/1\nversion: v1\ndiscount: [{by: \"0.5\"}]\n"

    private static func book(_ files: [(name: String, text: String)]) throws -> PriceBook {
        try PriceBook.load(files.map { PriceBook.Source(name: $0.name, bytes: Array($0.text.utf8)) })
    }

    /// A folder with a call for each label of a book.
    private func folder(_ labels: [String]) throws -> RowFolder {
        let folder = try RowFolder(labels: [])
        for (index, label) in labels.enumerated() {
            var texts = folder.texts
            texts.book = { label }
            let store = try RowStore(
                path: folder.file, configuration: RowConfiguration(), texts: texts, wallNanoseconds: { RowFolder.wall })
            store.start()
            let call = folder.call(UInt64(index + 1))
            store.append(folder.priced([call]), arrivalNanoseconds: RowFolder.wall, number: UInt64(index + 1))
            #expect(store.flush())
            store.stop()
        }
        return folder
    }

    private func repricing(
        _ folder: RowFolder, _ book: PriceBook, minutes: Range<Int64> = Self.minutes, model: String? = nil
    ) -> Repricing {
        Repricing(
            of: folder.path, Repricing.Selection(minutes: minutes) { model == nil || $0 == model }, book: book,
            configuration: PricerConfiguration(), isDry: false, now: 1_785_000_000)
    }

    @Test func `files are compared by their names, whatever their folder and version`() throws {
        let contract = try Self.book([("/etc/contract.yaml", Self.contract)])
        let folder = try folder([
            "2026-11-21.1", contract.label, contract.label, "2026-11-21.1 + other.yaml + contract.yaml",
        ])
        #expect(
            try repricing(folder, try .embedded()).missingFiles()
                == MissingPriceFiles(names: ["contract.yaml", "other.yaml"], calls: 3))
        let corrected = try Self.book([("contract.yaml", Self.contract.replacing("v1", with: "v2"))])
        #expect(
            try repricing(folder, corrected).missingFiles() == MissingPriceFiles(names: ["other.yaml"], calls: 1))
        let both = try Self.book([("contract.yaml", Self.contract), ("a/other.yaml", Self.contract)])
        #expect(try repricing(folder, both).missingFiles() == nil)
    }

    @Test func `each of two files of one name counts`() throws {
        let folder = try folder(["2026-11-21.1 + a.yaml + a.yaml"])
        let one = try Self.book([("a.yaml", Self.contract)])
        #expect(try repricing(folder, one).missingFiles() == MissingPriceFiles(names: ["a.yaml"], calls: 1))
    }

    @Test func `only calls of the period and the model count`() throws {
        let folder = try folder(["2026-11-21.1 + contract.yaml"])
        let book = try PriceBook.embedded()
        #expect(try repricing(folder, book, model: "gpt-4o").missingFiles()?.calls == 1)
        #expect(try repricing(folder, book, model: "another").missingFiles() == nil)
        #expect(try repricing(folder, book, minutes: 26_297_280..<26_297_290).missingFiles() == nil)
    }

    @Test func `the latest repricing of a call counts instead of its first price`() throws {
        let folder = try folder(["2026-11-21.1"])
        let contract = try Self.book([("contract.yaml", Self.contract)])
        var first = repricing(folder, contract)
        #expect(try first.run { _, _ in }.total.changed == 1)
        var second = repricing(folder, try .embedded())
        #expect(try second.missingFiles() == MissingPriceFiles(names: ["contract.yaml"], calls: 1))
        #expect(try second.run { _, _ in }.total.changed == 1)
        #expect(try repricing(folder, try .embedded()).missingFiles() == nil)
    }
}
