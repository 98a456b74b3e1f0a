// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Pricing

/// The price files that a command lays over the embedded book.
struct PriceFilesFlag: ParsableArguments {
    @Option(
        name: .customLong("prices"), parsing: .singleValue,
        help: "A price file that overrides the embedded book. May be repeated; later files override earlier ones.")
    var paths: [String] = []

    /// The files over the embedded book; where no file is given, the prices that settings name.
    ///
    /// - Parameter file: Where the settings are.
    /// - Returns: The book to price with.
    /// - Throws: The first mistake in settings or files.
    func book(over file: ConfigFileFlag) throws -> PriceBook {
        paths.isEmpty ? try Loaded(file).book : try book()
    }

    /// The embedded book with the files over it.
    func book() throws -> PriceBook { try Self.book(of: paths) }

    /// The embedded book with some files over it; the name `embedded` alone stands for the book without any.
    static func book(of paths: [String]) throws -> PriceBook {
        try PriceBook.load(
            try paths.filter { $0 != "embedded" }.map { path in
                guard let data = FileManager.default.contents(atPath: path) else {
                    throw PriceFileUnreadable(path: path)
                }
                return PriceBook.Source(name: path, bytes: [UInt8](data))
            })
    }
}

/// A price file that is not there or must not be read.
struct PriceFileUnreadable: Error, CustomStringConvertible {
    let path: String

    var description: String { "\(path): the price file cannot be read; give the path of a YAML or JSON file" }
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
