// SPDX-License-Identifier: Apache-2.0
import Pricing
import TestSupport
import Testing

/// `docs/price-files.md` has a row for each key of price files, and no other, and an example that is accepted.
@Suite struct DocumentedPriceFileTests {
    private let page: MarkdownPage

    init() throws { page = try MarkdownPage("docs/price-files.md") }

    @Test func `each key has a row, and each row is a key`() throws {
        let rows = try page.rows(by: "key").map { try #require(MarkdownPage.code(in: $0[0]).first) }
        #expect(Set(rows).count == rows.count)
        #expect(PriceFileFormat.allKeys.subtracting(rows) == [])
        #expect(Set(rows).subtracting(PriceFileFormat.allKeys) == [])
        #expect(rows.count > 100)
    }

    @Test func `the example is accepted without a warning, and has each part of a file`() throws {
        let block = try #require(page.blocks.first { $0.fileName == "all-keys.yaml" })
        let book = try PriceBook.load([PriceBook.Source(name: "all-keys.yaml", bytes: Array(block.text.utf8))])
        #expect(book.warnings == [])
        let file = try #require(book.files.first)
        #expect((file.models, file.aliases, file.tenants, file.discounts) == (3, 2, 1, 3))
        for key in PriceFileFormat.allKeys where !key.contains(".") {
            #expect(block.text.contains("\n\(key):"), "\(key)")
        }
    }
}
