// SPDX-License-Identifier: Apache-2.0
import Foundation
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
        let sources = settings.priceFiles.map { (path: $0.path, bytes: FileManager.default.contents(atPath: $0.path)) }
        let target =
            if let place { place } else { try Self.place(in: sources.map { ($0.path, $0.bytes.map { [UInt8]($0) }) }) }
        self.place = target
        let former = FileManager.default.contents(atPath: target).map { [UInt8]($0) }
        isSame = former == bytes
        self.former = former == nil ? nil : target + ".previous"

        var (before, after): ([PriceBook.Source], [PriceBook.Source]) = ([], [])
        for source in sources {
            if source.path == target {
                if let former { before.append(PriceBook.Source(name: source.path, bytes: former)) }
                after.append(PriceBook.Source(name: path, bytes: bytes))
            } else if let content = source.bytes {
                before.append(PriceBook.Source(name: source.path, bytes: [UInt8](content)))
                after.append(PriceBook.Source(name: source.path, bytes: [UInt8](content)))
            } else {
                throw PriceUpdateError("\(source.path): the price file of the settings cannot be read")
            }
        }
        if !sources.contains(where: { $0.path == target }) {
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
            guard DescriptorWriter.write(bytes, to: file.descriptor).error == 0 else {
                file.discard()
                throw PendingFileError(path: place, problem: "the disk may be full")
            }
            try file.commit(keepingFormerAs: former)
        } catch {
            throw PriceUpdateError("\(error)")
        }
    }

    /// The one price file of the settings that is a book, or that does not exist yet.
    private static func place(in sources: [(path: String, bytes: [UInt8]?)]) throws(PriceUpdateError) -> String {
        let places = sources.filter {
            $0.bytes.map(PriceBook.isWhole) ?? !FileManager.default.fileExists(atPath: $0.path)
        }
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
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PriceUpdateError(
                "\(path): the price book cannot be read; give a file that scripts/import-prices made")
        }
        return [UInt8](data)
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
