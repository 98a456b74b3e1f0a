// SPDX-License-Identifier: Apache-2.0
import OTLP

/// An attribute, of a span or of one of its events, whose key is read by its words.
struct WordReading {
    let kind: KeyClass
    /// The range of the key.
    let key: ByteRange
    let value: AttributeValue
}

/// What the words of a span's keys state, by whose keys they are: keys whose first elements are equal have one owner.
struct WordGroups {
    /// The usage and the model of one owner.
    struct Group {
        /// The first element of the keys; empty for keys of one element.
        let owner: ByteRange
        var usage = UsageByWords()
        /// The most believable source of its usage.
        var namespace: KeyClass.Namespace?
        var models: [(fact: Fact, name: ByteRange)] = []
        var provider: ByteRange?
    }

    private(set) var groups: [Group] = []
    private static let mostGroups = 16
    private var objects = 0
    private static let mostObjects = 16

    /// Sorts the readings of a span.
    init(_ facts: borrowing SpanFacts, _ body: Span<UInt8>) {
        for reading in facts.words { add(reading, facts, body) }
    }

    private mutating func add(_ reading: WordReading, _ facts: borrowing SpanFacts, _ body: Span<UInt8>) {
        guard let index = group(of: reading, body) else { return }
        switch (reading.kind, reading.value) {
        case (.usage(let meaning, let namespace), let value):
            if let count = TokenCount.read(value, body: body) {
                if case .fact(let fact) = meaning { groups[index].usage.state(fact, count) }
                groups[index].raise(namespace)
            } else if TokenCount.isNumber(value, body) {
                groups[index].usage.refuse()
                groups[index].raise(namespace)
            } else {
                addObject(reading, to: index, facts, body)
            }
        case (.cost(let cost, _), let value): _ = groups[index].usage.take(cost, value, body)
        case (.model(let fact, _), .string(let name)) where name.length > 0: groups[index].models.append((fact, name))
        case (.provider, .string(let name)) where name.length > 0: groups[index].provider = name
        case (.object, _): addObject(reading, to: index, facts, body)
        default: break
        }
    }

    /// Adds what an object says, as a group of its own where the owner has counts already.
    private mutating func addObject(
        _ reading: WordReading, to index: Int, _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) {
        guard objects < Self.mostObjects else { return }
        objects += 1
        guard let elements = KeyElements(reading.key.indices, in: body) else { return }
        let kind = elements.kindOfObject(reading.key, models: facts.namedModels, body)
        let found: UsageByWords? =
            switch reading.value {
            case .string(let range): UsageObject.read(at: range, as: kind, in: body)
            case .structured(let range): UsageObject.read(listAt: range, as: kind, in: body)
            default: nil
            }
        guard let found else { return }
        if groups[index].usage.hasUsage, found.hasUsage {
            guard groups.count < Self.mostGroups else { return }
            var other = Group(owner: groups[index].owner)
            (other.usage, other.namespace) = (found, .ownUsage)
            groups.append(other)
        } else {
            groups[index].usage.merge(found)
            groups[index].raise(.ownUsage)
        }
    }

    /// The group of a reading's owner; `nil` if there are too many.
    private mutating func group(of reading: WordReading, _ body: Span<UInt8>) -> Int? {
        let owner = Self.owner(of: reading.key, body)
        for index in groups.indices where body.isEqual(groups[index].owner, owner) { return index }
        guard groups.count < Self.mostGroups else { return nil }
        groups.append(Group(owner: owner))
        return groups.count - 1
    }

    static func owner(of key: ByteRange, _ body: Span<UInt8>) -> ByteRange {
        for index in key.indices where body[index] == UInt8(ascii: ".") || body[index] == UInt8(ascii: ":") {
            return ByteRange(offset: Int(key.offset), length: index - Int(key.offset))
        }
        return ByteRange()
    }
}

extension WordGroups {
    /// Names the model and the provider of usage whose namespace states them only in an object for metadata.
    ///
    /// - Parameters:
    ///   - readings: The readings of the span.
    ///   - body: The bytes.
    mutating func nameByMetadata(_ readings: [WordReading], _ body: Span<UInt8>) {
        for index in groups.indices where groups[index].owner.length > 0 {
            guard groups[index].usage.hasUsage, groups[index].models.isEmpty else { continue }
            let owner = groups[index].owner
            for reading in readings where reading.kind == .object {
                guard case .string(let range) = reading.value, body.isEqual(Self.owner(of: reading.key, body), owner),
                    let key = KeyElements(reading.key.indices, in: body), key.count == 2, key.words[1] == .metadata
                else { continue }
                let (model, provider) = UsageObject.parties(at: range, in: body)
                if let model { groups[index].models.append((.model, model)) }
                groups[index].provider = groups[index].provider ?? provider
            }
        }
    }
}

extension WordGroups.Group {
    /// Notes a source of usage, if it is more believable than those so far.
    mutating func raise(_ other: KeyClass.Namespace) {
        namespace = (namespace?.rawValue ?? .max) < other.rawValue ? namespace : other
    }
}

extension KeyElements {
    /// The words of an object's key behind the element that says that usage follows; `nil` for an object that is no usage but
    /// may carry some.
    var wordsOfUsage: KeyWords? {
        guard let usage = (0..<count).last(where: { KeyClass.isUsage(words[$0]) }) else { return nil }
        return union(from: usage + 1).subtracting([.raw, .metadata, .object])
    }

    /// What an object under the key may be.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - models: The models of the call.
    ///   - body: The bytes.
    /// - Returns: Usage, figures, metadata about an answer, or an answer.
    func kindOfObject(_ key: ByteRange, models: [ByteRange], _ body: Span<UInt8>) -> UsageObject.Kind {
        if let words = wordsOfUsage { return .usage(words) }
        if lastWord == .metrics { return .metrics }
        let words = union(from: 0)
        if lastWord == .metadata && words.has(.output) { return .metadata }
        // A cached or stored answer is that of another call.
        let isCached = words.has(.cache)
        return .answer(models: models, isReply: !isCached && (lastWord == .raw || Self.endsInResponse(key, body)))
    }
}

extension KeyElements {
    private static func endsInResponse(_ key: ByteRange, _ body: Span<UInt8>) -> Bool {
        let end = key.indices.upperBound - response.count
        return end >= key.indices.lowerBound
            && body.holdsIgnoringCase(response, at: ByteRange(end..<key.indices.upperBound))
    }

    private static let response = Array("response".utf8)
}

extension UsageByWords {
    /// Whether it is the usage of a whole answer by itself.
    ///
    /// - Parameter source: Who writes the object around it. A model that writes about usage seldom adds it up.
    /// - Returns: Whether it has what usage from that source must have.
    func isWhole(_ source: UsageObject.Source) -> Bool {
        guard let input, let output else { return false }
        return source != .text || self[.total] == input + output
    }
}

extension SpanFacts {
    /// The ranges of all models that the span names.
    var namedModels: [ByteRange] {
        let stated = [text(.responseModel), text(.requestModel), text(.model)].compactMap(\.self)
        return stated
            + words.compactMap { reading in
                guard reading.kind.isModel, case .string(let name) = reading.value, name.length > 0 else { return nil }
                return name
            }
    }
}

extension Span<UInt8> {
    /// Whether two ranges have the same bytes.
    func isEqual(_ first: ByteRange, _ second: ByteRange) -> Bool {
        guard first.length == second.length else { return false }
        return matches(self, from: Int(first.offset), length: Int(first.length), at: Int(second.offset))
    }
}
