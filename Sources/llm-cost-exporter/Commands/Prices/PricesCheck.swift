// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Notation
import Pricing

/// `prices check`: reads price files as `serve` would, and says what is wrong with them.
struct PricesCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check price files together, or the embedded book if no file is given.",
        discussion: """
            Warnings on standard error tell what looks odd and may be right, such as a model that takes the place of one of the \
            book and drops some of its prices.

            The exit code is 0 if the files can be used, also with warnings; 1 if they cannot; 64 for a wrong flag.
            """)

    @OptionGroup var output: OutputFormatFlag
    @Argument(help: "Price files; later files override earlier ones.")
    var files: [String] = []

    func run() throws {
        let book = try PriceFilesFlag.book(of: files)
        let warnings = files.isEmpty ? book.checkWarnings() : book.warnings
        guard output.format == .text else {
            let files = book.files.map { file in
                JSONText.object([
                    ("file", JSONText.quoted(file.name)), ("version", JSONText.quoted(file.version)),
                    ("models", String(file.models)), ("aliases", String(file.aliases)),
                    ("tenants", String(file.tenants)), ("discounts", String(file.discounts)),
                ])
            }
            print(
                JSONText.object([
                    ("book", JSONText.quoted(book.header.version)), ("models", String(book.modelCount)),
                    ("files", JSONText.list(files)), ("warnings", JSONText.list(warnings.map(JSONText.quoted))),
                ]))
            return
        }
        for warning in warnings { StandardError.write("warning: \(ShownText.escaped(warning))\n") }
        for file in book.files { print(ShownText.escaped("\(file.name): ok, \(file.contents)")) }
        print("price book: ok, version \(book.header.version), \(book.modelCount) models")
    }
}
