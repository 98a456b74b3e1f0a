// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CallMetrics
import Pricing

/// `check-config`: reads settings and prices as `serve` would, and says what is wrong with them.
struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config", abstract: "Check a settings file and its price files.")

    @OptionGroup var file: ConfigFileFlag

    func run() throws {
        let loaded = try Loaded(file)
        print("settings: ok")
        for use in loaded.settings.oldNames { print("  warning: \(use)") }
        show("price book", loaded.book)
        for shadow in loaded.shadowBooks { show("shadow book \(shadow.name)", shadow.book) }
    }

    private func show(_ name: String, _ book: PriceBook) {
        print("\(name): ok, version \(book.header.version), \(book.modelCount) models")
        for file in book.files {
            let version = file.version.isEmpty ? "" : ", version \(file.version)"
            print(
                "  \(file.name): ok\(version), \(file.models) models, \(file.aliases) aliases, \(file.tenants) tenants")
        }
        for warning in book.warnings { print("  warning: \(warning)") }
    }
}
