// SPDX-License-Identifier: Apache-2.0

/// The index of a price book: finds the model of a (provider, name), in a few flat arrays.
///
/// Building it is one pass over the lines, which reads only the id, the provider and the names at the beginning of each line. It
/// decodes nothing and makes no strings: names stay in the book's text and are compared there.
struct BookIndex: Sendable {
    /// Providers in the order of their numbers.
    private(set) var providers: [String] = []
    private var providerNumbers: [String: UInt16] = [:]
    /// The offset of each model's line, and the offset behind the line, without the comma between lines.
    private var lineStarts: [UInt32] = []
    private var lineEnds: [UInt32] = []
    private var idLengths: [UInt16] = []
    private static let idOffset = #"{"id":""#.utf8.count
    /// By provider, the models that have rules for names.
    private var patternModels: [UInt16: [Int]] = [:]

    /// The values of facts on which prices of the book depend.
    private(set) var spoken = SpokenFacts()

    /// The length of the longest name.
    private var longestName = 0
    private var nameStarts: [UInt32] = []
    private var nameLengths: [UInt16] = []
    private var nameProviders: [UInt16] = []
    private var nameModels: [UInt32] = []
    /// Open addressing: the number of a name plus one, zero for a free slot; the size is a power of two.
    private var slots: [UInt32] = []

    /// The range of the header in the text, without the `"models":[` at its end.
    private(set) var header = 0..<0

    /// The largest number of providers in a book; price files add theirs.
    static let providerLimit = 50_000

    /// The number of models of the book.
    var modelCount: Int { lineStarts.count }

    /// The number of names of all models.
    var nameCount: Int { nameStarts.count }

    /// Builds the index.
    ///
    /// - Throws: ``PricingError/layout(file:line:problem:)`` if the text does not have one model on each line.
    /// - Complexity: One pass over the text.
    init(_ text: Span<UInt8>, file: String) throws(PricingError) {
        guard text.count < Int(UInt32.max) else {
            throw .layout(file: file, line: 1, problem: "the book is larger than 4 GB")
        }
        var end = lineEnd(in: text, from: 0)
        let opening: StaticString = ",\"models\":["
        let headerEnd = end - opening.utf8CodeUnitCount
        guard text.hasText(opening, at: headerEnd) else {
            throw .layout(file: file, line: 1, problem: "the first line does not end with \"models\":[")
        }
        header = 0..<headerEnd
        var isClosed = false
        while end < text.count, !isClosed {
            let start = end + 1
            guard start < text.count else { break }
            isClosed = text[start] == UInt8(ascii: "]")
            end = isClosed ? start : try addLine(from: start, in: text, file: file)
        }
        guard isClosed else { throw .layout(file: file, line: modelCount + 2, problem: "the book is cut short") }
        fillSlots(text)
    }

    /// The line of a model: its range in the text and its number in the file.
    func line(ofModel model: Int) -> (range: Range<Int>, number: Int) {
        (Int(lineStarts[model])..<Int(lineEnds[model]), model + 2)
    }

    /// The number of a provider that has models, or `nil`.
    func number(ofProvider provider: String) -> UInt16? { providerNumbers[provider] }

    /// The model of a provider that lists a name, or `nil`.
    func model(provider: UInt16, name: [UInt8], hash: NameHash, in text: Span<UInt8>) -> Int? {
        guard !slots.isEmpty, name.count <= longestName else { return nil }
        var slot = hash.slot(provider: provider, of: slots.count)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if nameProviders[number] == provider, isName(number, equalTo: name, in: text) {
                return Int(nameModels[number])
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The range of a model's id, with which its line begins.
    func idRange(ofModel model: Int) -> Range<Int> {
        let start = Int(lineStarts[model]) + Self.idOffset
        return start..<start + Int(idLengths[model])
    }

    /// A name by its number: its range, and the numbers of its provider and model.
    func name(_ number: Int) -> (range: Range<Int>, provider: UInt16, model: Int) {
        let start = Int(nameStarts[number])
        return (start..<start + Int(nameLengths[number]), nameProviders[number], Int(nameModels[number]))
    }

    /// The models of a provider that have rules for names, in the order of the book.
    func patternModels(provider: UInt16) -> [Int] { patternModels[provider] ?? [] }

    private func isName(_ number: Int, equalTo name: [UInt8], in text: Span<UInt8>) -> Bool {
        let start = Int(nameStarts[number])
        guard Int(nameLengths[number]) == name.count else { return false }
        for index in 0..<name.count where text[start + index] != name[index] { return false }
        return true
    }

    /// Adds one model's line and returns the offset behind it.
    private mutating func addLine(
        from start: Int, in text: Span<UInt8>, file: String
    ) throws(PricingError) -> Int {
        let number = modelCount + 2
        func fail(_ problem: String) -> PricingError { .layout(file: file, line: number, problem: problem) }
        var scanner = LineScanner(offset: start)
        guard scanner.skip("{\"id\":", in: text), let id = scanner.text(in: text), id.count <= Int(UInt16.max),
            scanner.skip(",\"provider\":", in: text), let provider = scanner.text(in: text),
            scanner.skip(",\"names\":[", in: text)
        else { throw fail("the line does not begin with id, provider and names") }
        guard providers.count < Self.providerLimit else { throw fail("there are too many providers") }
        let providerNumber = self.number(ofProviderAt: provider, in: text)
        let model = UInt32(modelCount)
        while !scanner.skip("]", in: text) {
            _ = scanner.skip(",", in: text)
            guard let name = scanner.text(in: text), name.count <= Int(UInt16.max) else {
                throw fail("a name is not plain text without escapes")
            }
            longestName = max(longestName, name.count)
            noteRegion(of: name, in: text)
            nameStarts.append(UInt32(name.lowerBound))
            nameLengths.append(UInt16(name.count))
            nameProviders.append(providerNumber)
            nameModels.append(model)
        }
        let end = lineEnd(in: text, from: scanner.offset)
        if scanRest(from: scanner.offset, to: end, in: text) {
            patternModels[providerNumber, default: []].append(Int(model))
        }
        idLengths.append(UInt16(id.count))
        lineStarts.append(UInt32(start))
        lineEnds.append(UInt32(text[end - 1] == UInt8(ascii: ",") ? end - 1 : end))
        return end
    }

    /// Records the region at the beginning of a name such as `eu-west-1/amazon.titan-…`.
    private mutating func noteRegion(of name: Range<Int>, in text: Span<UInt8>) {
        // The third letter is enough to rule out most names.
        guard name.count > 10, text[name.lowerBound + 2] == UInt8(ascii: "-") else { return }
        var end = name.lowerBound
        while end < name.upperBound, text[end] != UInt8(ascii: "/") { end += 1 }
        guard end < name.upperBound else { return }
        let region = text.string(in: name.lowerBound..<end)
        if CloudRegion.isAmazon(region) { spoken.addRegion(region) }
    }

    /// Looks for rules for names, and for the tiers and inference geographies that prices depend on.
    ///
    /// - Returns: Whether there are rules.
    private mutating func scanRest(from start: Int, to end: Int, in text: Span<UInt8>) -> Bool {
        var hasRules = false
        var index = start
        while index < end {
            if text[index] == UInt8(ascii: "\""), index + 1 < end {
                var scanner = LineScanner(offset: index)
                // Most keys begin with another letter, and this is the most expensive loop of opening a book.
                switch text[index + 1] {
                case UInt8(ascii: "t"):
                    if scanner.skip("\"tier\":", in: text), let value = scanner.text(in: text) {
                        spoken.addTier(text.string(in: value))
                    }
                case UInt8(ascii: "i"):
                    if scanner.skip("\"inference_geo\":", in: text), let value = scanner.text(in: text) {
                        spoken.addInferenceGeo(text.string(in: value))
                    }
                case UInt8(ascii: "m"): hasRules = scanner.skip("\"match\":[", in: text) || hasRules
                default: break
                }
            }
            index += 1
        }
        return hasRules
    }

    /// The number of a provider.
    ///
    /// Consecutive models mostly have the same provider, so that a string is rarely made.
    private mutating func number(ofProviderAt range: Range<Int>, in text: Span<UInt8>) -> UInt16 {
        if let last = nameProviders.last, isText(range, equalTo: providers[Int(last)], in: text) { return last }
        let provider = text.string(in: range)
        if let known = providerNumbers[provider] { return known }
        let number = UInt16(providers.count)
        providers.append(provider)
        providerNumbers[provider] = number
        return number
    }

    private func isText(_ range: Range<Int>, equalTo string: String, in text: Span<UInt8>) -> Bool {
        guard string.utf8.count == range.count else { return false }
        var index = range.lowerBound
        for byte in string.utf8 {
            guard text[index] == byte else { return false }
            index += 1
        }
        return true
    }

    /// Adds all names to a table that is at most half full; of equal names the first one counts.
    private mutating func fillSlots(_ text: Span<UInt8>) {
        var size = 16
        while size < nameCount * 2 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
        for number in 0..<nameCount {
            var hash = NameHash()
            let start = Int(nameStarts[number])
            for index in start..<start + Int(nameLengths[number]) { hash.add(text[index]) }
            var slot = hash.slot(provider: nameProviders[number], of: size)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }
}

/// A walk over the beginning of one model's line.
private struct LineScanner {
    var offset: Int

    mutating func skip(_ text: StaticString, in span: Span<UInt8>) -> Bool {
        guard span.hasText(text, at: offset) else { return false }
        offset += text.utf8CodeUnitCount
        return true
    }

    /// The range of the quoted text that begins here, without its quotes; `nil` when it has escapes or no end.
    mutating func text(in span: Span<UInt8>) -> Range<Int>? {
        guard skip("\"", in: span) else { return nil }
        let start = offset
        while offset < span.count, span[offset] != UInt8(ascii: "\"") {
            guard span[offset] != UInt8(ascii: "\\"), span[offset] >= 0x20 else { return nil }
            offset += 1
        }
        guard offset < span.count else { return nil }
        defer { offset += 1 }
        return start..<offset
    }
}

private func lineEnd(in text: Span<UInt8>, from offset: Int) -> Int {
    var end = offset
    while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
    return end
}
