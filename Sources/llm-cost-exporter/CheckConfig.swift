// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Pricing

/// `check-config`: reads the settings as `serve` would, and says what is wrong with them.
struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config", abstract: "Check a settings file and the price book, and exit.")

    @OptionGroup var file: ConfigFileFlag

    func run() throws {
        let settings = try file.settings()
        try settings.validate()
        let book = try PriceBook.embedded()
        print("settings: ok\nprice book: ok, version \(book.header.version), \(book.modelCount) models")
    }
}
