// SPDX-License-Identifier: Apache-2.0
import Documents
import Synchronization

/// A book with one model on each line.
///
/// Opening it reads the ranges of the lines; a model is read when it is first needed.
///
/// Models that were read are kept.
final class BaseBook: Sendable {
    let header: BookHeader
    let index: BookIndex
    private let text: BookText
    private let file: String
    /// Models that were read; at most one entry for each model of the book.
    private let decoded = Mutex<[Int: PriceModel]>([:])
    /// By provider, the rules for names of its models; made on first use.
    private let rules = Mutex<[UInt16: NameRules]>([:])
    /// The aliases that the header defines.
    private let aliasNames: Set<String>
    /// The numbers of models by their ids; made when an id is first needed.
    private let numbers = Mutex<[String: Int]>([:])

    init(text: BookText, file: String) throws(PricingError) {
        self.text = text
        self.file = file
        index = try text.withSpan { (span) throws(PricingError) in try BookIndex(span, file: file) }
        let headerRange = index.header
        let headerText = text.withSpan { HeaderText.reduced($0, to: headerRange) }
        do {
            header = try BookHeader(try Document.parse(headerText, file: file))
            aliasNames = Set(header.aliases.map(\.name))
        } catch {
            throw .document(error)
        }
    }

    /// Whether a text has the layout of a whole book, as the importer writes it, and is not a person's price file.
    static func isWholeBook(_ bytes: [UInt8]) -> Bool {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return false }
        let opening: StaticString = ",\"models\":["
        return bytes.span.hasText(opening, at: end - opening.utf8CodeUnitCount)
    }

    /// The model of a number, read now or earlier.
    func model(_ number: Int) throws(PricingError) -> PriceModel {
        if let known = decoded.withLock({ $0[number] }) { return known }
        let model = try decode(number, unknownKeys: .ignored)
        decoded.withLock { $0[number] = model }
        return model
    }

    /// The rules for names of a provider's models, in the order of the book; `nil` if there are none.
    func rules(provider: UInt16) -> NameRules? {
        let models = index.patternModels(provider: provider)
        guard !models.isEmpty else { return nil }
        if let known = rules.withLock({ $0[provider] }) { return known }
        let made = NameRules(
            models.compactMap { number in (try? model(number)).map { (model: number, patterns: $0.patterns) } },
            rest: RuleRest(samePriceWords: header.samePriceWords))
        rules.withLock { $0[provider] = made }
        return made
    }

    /// The model of a provider that lists a name, or `nil`.
    func model(provider: UInt16, name: ModelNames.Candidate) -> Int? {
        text.withSpan { index.model(provider: provider, name: name.bytes, hash: name.hash, in: $0) }
    }

    /// Whether the book lists a name, given in lower case, for any provider.
    func lists(_ name: String) -> Bool {
        if aliasNames.contains(name) { return true }
        let bytes = Array(name.utf8)
        let hash = NameHash(bytes)
        return text.withSpan { span in
            index.providers.indices.contains { provider in
                index.model(provider: UInt16(provider), name: bytes, hash: hash, in: span) != nil
            }
        }
    }

    /// The model with an id, or `nil`.
    func model(id: String) -> Int? {
        numbers.withLock { numbers in
            if numbers.isEmpty {
                for number in 0..<index.modelCount { numbers[self.id(ofModel: number)] = number }
            }
            return numbers[id]
        }
    }

    /// The id of a model, read off its line.
    func id(ofModel number: Int) -> String { text.string(in: index.idRange(ofModel: number)) }

    /// A model's whole line.
    func line(ofModel number: Int) -> String { text.string(in: index.line(ofModel: number).range) }

    /// Calls a closure with every name, in the order of the book, until it returns false.
    ///
    /// - Parameter body: Gets the bytes, the range of the name in them, and the numbers of its provider and model.
    func forEachName(_ body: (_ text: Span<UInt8>, _ name: Range<Int>, _ provider: UInt16, _ model: Int) -> Bool) {
        text.withSpan { span in
            for number in 0..<index.nameCount {
                let name = index.name(number)
                guard body(span, name.range, name.provider, name.model) else { return }
            }
        }
    }

    /// Whether two books are the same text.
    func isSameText(as other: BaseBook) -> Bool { self === other || text.isSame(as: other.text) }

    func decode(_ number: Int, unknownKeys: PriceModel.UnknownKeys) throws(PricingError) -> PriceModel {
        let line = index.line(ofModel: number)
        do {
            let node = try Document.parse(text.string(in: line.range), file: file, firstLine: line.number)
            return try PriceModel(node, unknownKeys: unknownKeys)
        } catch {
            throw .document(error)
        }
    }
}
