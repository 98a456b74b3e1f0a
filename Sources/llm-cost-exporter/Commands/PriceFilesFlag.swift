// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Pricing

/// The price files that a command lays over the embedded book.
struct PriceFilesFlag: ParsableArguments {
    @Option(
        name: .customLong("prices"), parsing: .singleValue,
        help: ArgumentHelp(
            "A price file that overrides the embedded book. May be repeated; later files override earlier ones.",
            valueName: "file"))
    var paths: [String] = []

    /// The embedded book with the files over it.
    func book() throws -> PriceBook { try Self.book(of: paths) }

    /// The embedded book with some files over it; the name `embedded` alone stands for the book without any.
    static func book(of paths: [String]) throws -> PriceBook {
        try PriceBook.load(
            try paths.filter { $0 != embedded }.map { path in
                do throws(FileFault) {
                    return PriceBook.Source(name: path, bytes: try FileContents.read(path))
                } catch {
                    throw PriceFileUnreadable(fault: error)
                }
            })
    }

    /// The name of the book without files.
    static let embedded = "embedded"
}

/// The price files that replace those of the settings.
struct OwnPricesFlag: ParsableArguments {
    @Option(
        name: .customLong("prices"), parsing: .singleValue,
        help: .served(
            """
            A price file over the embedded book, instead of those of the settings. May be repeated, and in the environment \
            separated by ':'; later files override earlier ones.
            """, "prices", "prices.files of the settings", "file"))
    var paths: [String] = []

    private var named: FlagValue? { FlagValue(paths.isEmpty ? nil : "", of: "prices") }

    /// Whether the flag or its variable names the price files.
    var isNamed: Bool { named != nil }

    /// Replaces the price files of settings, if the flag or its variable names any.
    func apply(to settings: inout Settings) {
        guard let value = named else { return }
        let paths = paths.isEmpty ? value.text.split(separator: ":").map(String.init) : paths
        settings.priceFiles = paths.filter { $0 != PriceFilesFlag.embedded }.map {
            PriceFileReference(path: $0, source: value.source)
        }
        settings.sources["prices.files"] = value.source
        settings.unread.remove("prices.files")
    }
}

/// A price file that does not exist or is not readable.
struct PriceFileUnreadable: Error, CustomStringConvertible {
    let fault: FileFault

    var description: String {
        "\(fault.path): the price file \(fault.problem); \(fault.remedy ?? "give the path of a YAML or JSON file")"
    }
}

/// How a command prints what it found.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json

    /// Text for a person at a terminal, JSON for a program.
    static var fitting: OutputFormat { isatty(STDOUT_FILENO) == 1 ? .text : .json }
}

/// The flag for ``OutputFormat`` of the commands that speak to people first.
struct OutputFormatFlag: ParsableArguments {
    @Option(name: .customLong("format"), help: "Form of the output (default text).")
    var format = OutputFormat.text
}
