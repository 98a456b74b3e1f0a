// SPDX-License-Identifier: Apache-2.0
import Glibc
import Pricing

/// A newer price book, checked, and the place where it goes.
struct PriceUpdate {
    /// The prices as they are, and as they will be, each with the other price files of the settings over it.
    let present: PriceBook
    let updated: PriceBook
    /// The file that the book replaces.
    let place: String
    /// Where the former book is kept; `nil` if there is none.
    let former: String?
    private let bytes: [UInt8]

    /// Whether the place has the same bytes already.
    let isSame: Bool
    /// Whether the book is older than the one in force.
    var isOlder: Bool { updated.header.day < present.header.day }

    /// Checks a book.
    ///
    /// - Parameters:
    ///   - path: The newer book.
    ///   - place: The file to replace; `nil` for the one that settings name.
    ///   - settings: The settings, with their price files.
    /// - Throws: ``PriceUpdateError`` for a file that is no book, has a mistake or does not fit to the other price files, and
    ///   without a place.
    init(of path: String, to place: String?, settings: Settings) throws(PriceUpdateError) {
        bytes = try Self.contents(of: path)
        guard PriceBook.isWhole(bytes) else {
            throw PriceUpdateError(
                "\(path): this is no price book of the importer; list price files of your own under prices.files")
        }
        var sources: [(path: String, bytes: [UInt8]?)] = []
        for file in settings.priceFiles { sources.append((file.path, try Self.contentsIfAny(of: file.path))) }
        let target = if let place { place } else { try Self.place(in: sources) }
        self.place = target
        let former = try Self.contentsIfAny(of: target)
        isSame = former == bytes
        self.former = former == nil ? nil : target + ".previous"

        var (before, after): ([PriceBook.Source], [PriceBook.Source]) = ([], [])
        for source in sources {
            if Self.isSameFile(source.path, target) {
                if let former { before.append(PriceBook.Source(name: source.path, bytes: former)) }
                after.append(PriceBook.Source(name: path, bytes: bytes))
            } else if let content = source.bytes {
                // The later of two books would hide the newer one from every check.
                guard !PriceBook.isWhole(content) else {
                    throw PriceUpdateError(
                        "\(source.path): the settings name this price book; leave out --to, or give it this file")
                }
                before.append(PriceBook.Source(name: source.path, bytes: content))
                after.append(PriceBook.Source(name: source.path, bytes: content))
            } else {
                throw PriceUpdateError("\(source.path): the price file of the settings does not exist")
            }
        }
        if !sources.contains(where: { Self.isSameFile($0.path, target) }) {
            // A place that --to names is below the files of the settings.
            if let former { before.insert(PriceBook.Source(name: target, bytes: former), at: 0) }
            after.insert(PriceBook.Source(name: path, bytes: bytes), at: 0)
        }
        (present, updated) = (try Self.book(before), try Self.book(after))
        let mistakes = updated.mistakes()
        guard mistakes.isEmpty else {
            throw PriceUpdateError(
                (mistakes.prefix(Self.mostMistakes) + (mistakes.count > Self.mostMistakes ? ["… and more"] : []))
                    .joined(separator: "\n"))
        }
    }

    /// Puts the book in its place, and keeps the former one.
    func write() throws(PriceUpdateError) {
        do throws(PendingFileError) {
            let file = try PendingFile(place)
            let (_, error) = DescriptorWriter.write(bytes, to: file.descriptor)
            guard error == 0 else {
                file.discard()
                throw PendingFileError(path: place, problem: PendingFile.problem(error))
            }
            try file.commit(keepingFormerAs: former)
        } catch {
            throw PriceUpdateError("\(error)")
        }
    }

    /// The one price file of the settings that is a book, or that does not exist yet.
    private static func place(in sources: [(path: String, bytes: [UInt8]?)]) throws(PriceUpdateError) -> String {
        let places = sources.filter { $0.bytes.map(PriceBook.isWhole) ?? true }
        guard let first = places.first else {
            throw PriceUpdateError(
                "the settings name no place for a price book; list one under prices.files, such as pricebook.json, which need "
                    + "not exist yet, or name the file to replace with --to")
        }
        guard places.count == 1 else {
            throw PriceUpdateError(
                "the settings name several places for a price book (\(places.map(\.path).joined(separator: ", "))); name the "
                    + "one to replace with --to")
        }
        return first.path
    }

    private static func contents(of path: String) throws(PriceUpdateError) -> [UInt8] {
        guard let bytes = try contentsIfAny(of: path) else {
            throw PriceUpdateError(
                "\(path): the price book does not exist; give a file that scripts/import-prices made")
        }
        return bytes
    }

    /// The bytes of a file; `nil` if it does not exist.
    private static func contentsIfAny(of path: String) throws(PriceUpdateError) -> [UInt8]? {
        do throws(FileFault) {
            return try FileContents.read(path)
        } catch {
            if error.number == ENOENT { return nil }
            throw PriceUpdateError("\(path): the file \(error.problem)")
        }
    }

    /// Whether two paths are of one file, by way of symbolic links as well.
    private static func isSameFile(_ path: String, _ other: String) -> Bool {
        path == other || PendingFile.resolved(path) == PendingFile.resolved(other)
    }

    private static func book(_ sources: [PriceBook.Source]) throws(PriceUpdateError) -> PriceBook {
        do throws(PricingError) {
            return try PriceBook.load(sources)
        } catch {
            throw PriceUpdateError("\(error)")
        }
    }

    private static let mostMistakes = 10
}

/// Why a price book was not put in place.
struct PriceUpdateError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
