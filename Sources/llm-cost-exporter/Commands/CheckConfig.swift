// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CallMetrics
import Notation
import Pricing

/// `check-config`: reads settings and prices as `serve` would, and says what is wrong with them.
struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config", abstract: "Check a settings file, its price files and the environment variables.",
        discussion: """
            It reports all mistakes at once. The exit code is 0 if there are none (warnings do not count); 1 if there are some; 64 for a \
            wrong flag.
            """)

    @Argument(help: "The settings file; without it, the file that --config.file or its environment variable names.")
    var path: String?

    @OptionGroup var file: ConfigFileFlag
    @OptionGroup var prices: OwnPricesFlag

    func validate() throws {
        guard path == nil || file.path == nil else {
            throw ValidationError("give the settings file once, as an argument or with --config.file")
        }
    }

    func run() throws {
        let variables = UnknownVariable.all()
        var files = FileStamps()
        let named = path.map { FlagValue(text: $0, source: .argument("check-config")) } ?? file.value
        let loaded: Loaded
        do {
            // With the variables that `serve` would read.
            loaded = try Loaded(named, prices: prices, flags: try ServeFlags.parse([]), noting: &files)
        } catch {
            for variable in variables { StandardError.write("warning: \(ShownText.escaped("\(variable)"))\n") }
            throw error
        }
        print("settings: ok")
        if loaded.settings.isEmptyFile, let named {
            say("  warning: \(named.text): the file has no settings, so that each has its default")
        }
        for use in loaded.settings.oldNames { say("  warning: \(use)") }
        for variable in variables { say("  warning: \(variable)") }
        show("price book", loaded.book)
        for shadow in loaded.shadowBooks { show("shadow book \(shadow.name)", shadow.book) }
    }

    private func show(_ name: String, _ book: PriceBook) {
        say("\(name): ok, version \(book.header.version), \(book.modelCount) models")
        for file in book.files {
            let version = file.version.isEmpty ? "" : ", version \(file.version)"
            say("  \(file.name): ok\(version), \(file.contents)")
        }
        for warning in book.warnings { say("  warning: \(warning)") }
    }

    /// Prints a line, which may have names and values of files in it.
    private func say(_ line: String) { print(ShownText.escaped(line)) }
}
