// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Pricing

/// The text by which kept calls say by which book and price files they were priced.
@Suite struct BookLabelTests {
    private static func label(_ files: [(name: String, version: String)]) throws -> String {
        try PriceBook.load(
            files.map { file in
                let text =
                    "format: pricebook/1\n\(file.version.isEmpty ? "" : "version: \"\(file.version)\"\n")models: []\n"
                return PriceBook.Source(name: file.name, bytes: Array(text.utf8))
            }
        ).label
    }

    @Test(
        arguments: [
            ([], []),
            ([("contract.yaml", "")], ["contract.yaml"]),
            ([("/etc/prices/contract.yaml", "7")], ["contract.yaml"]),
            ([("a.yaml", "2026-11 (draft)"), ("/b/a.yaml", ""), ("c d.yaml", "1")], ["a.yaml", "a.yaml", "c d.yaml"]),
            ([("prices (1).yaml", "")], ["prices (1).yaml"]),
            ([("base + eu.yaml", "7"), ("eu.yaml", "1 + 2")], ["base + eu.yaml", "eu.yaml"]),
            ([("+ a + + b +.yaml", ""), ("c++.yaml", "")], ["+ a + + b +.yaml", "c++.yaml"]),
            ([(#"a \+ b.yaml"#, "(x) + y"), (#"a \\ b\.yaml"#, "")], [#"a \+ b.yaml"#, #"a \\ b\.yaml"#]),
        ] as [([(name: String, version: String)], [String])])
    func `a label names the files of its book`(files: [(name: String, version: String)], names: [String]) throws {
        #expect(PriceBook.fileNames(inLabel: try Self.label(files)) == names)
    }

    @Test func `a label has the versions, and no folder`() throws {
        let version = try PriceBook.embedded().header.version
        #expect(try Self.label([]) == version)
        #expect(
            try Self.label([("/etc/a.yaml", "7"), ("b.yaml", "")]) == "\(version) + a.yaml (7) + b.yaml")
        #expect(try Self.label([("c++ + d.yaml", "1+2")]) == #"\#(version) + c++ \+ d.yaml (1+2)"#)
    }
}
