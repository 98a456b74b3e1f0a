// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// The facts that one span states in its attributes.
///
/// It is large; it is reused for each span and lent, never copied.
@safe
package struct SpanFacts: ~Copyable {
    // Sound: the two blocks are allocated here with an element for each fact, never leave this type, are only indexed with
    // facts' raw values, and are freed once, in `deinit`.
    private let values: UnsafeMutablePointer<AttributeValue>
    /// The rank of the best spelling so far, `UInt8.max` for a fact that was not stated: no spelling has that rank, so that
    /// one comparison decides whether a value is taken.
    private let ranks: UnsafeMutablePointer<UInt8>
    /// The facts that were stated; the values of others are left over from earlier spans.
    private var stated: FactBits = 0

    /// The traits of the span's instrumentation scope.
    package internal(set) var scope: ScopeTraits = []
    /// Embedded objects that have not been read yet.
    var embedded: [(table: UInt16, range: ByteRange)] = []
    /// Whether placeholders (``AbsentWords``) in embedded objects are ignored.
    var omitsAbsentWords = false
    /// The parts of a cost that came without a total.
    var costOfParts = CostOfParts()
    /// The attributes whose keys are read by their words.
    private(set) var words: [WordReading] = []
    /// Flags of the reading by words.
    var marks = WordMarks()

    init() {
        unsafe values = .allocate(capacity: Fact.limit)
        unsafe values.initialize(repeating: .empty, count: Fact.limit)
        unsafe ranks = .allocate(capacity: Fact.limit)
        unsafe ranks.initialize(repeating: .max, count: Fact.limit)
    }

    deinit {
        unsafe values.deallocate()
        unsafe ranks.deallocate()
    }

    /// The value of a fact; `nil` if the span does not state it.
    package subscript(fact: Fact) -> AttributeValue? {
        @inline(__always) get {
            stated & fact.bit == 0 ? nil : unsafe values[Int(fact.rawValue)]
        }
    }

    /// The range of a fact's text; `nil` if the fact is not stated or is no text.
    @inline(__always)
    package func text(_ fact: Fact) -> ByteRange? {
        guard case .string(let range)? = self[fact] else { return nil }
        return range
    }

    /// Whether a token count is stated; a total alone does not count, since its parts are unknown.
    package var statesUsage: Bool { stated & Self.usage != 0 }

    /// Whether a model is named, requested or answering.
    package var statesModel: Bool { stated & Self.models != 0 }

    /// The names of models.
    static var models: FactBits { Fact.requestModel.bit | Fact.responseModel.bit | Fact.model.bit }

    /// The token counts, except a total.
    static let usage = mask(of: Fact.allCases.filter { $0.rawValue >= Fact.input.rawValue && $0 != .total })

    /// Whether any of some facts is stated.
    ///
    /// - Parameter mask: A bit for each fact, ``mask(of:)``.
    /// - Returns: Whether one of them is stated.
    @inline(__always)
    func states(anyOf mask: FactBits) -> Bool { stated & mask != 0 }

    /// The stated ones among some marks.
    ///
    /// - Parameter marks: A bit for each mark; marks are among the first 64 facts.
    /// - Returns: A bit for each stated one.
    @inline(__always)
    func stated(among marks: UInt64) -> UInt64 { UInt64(truncatingIfNeeded: stated) & marks }

    /// A bit for each of some facts.
    static func mask(of facts: [Fact]) -> FactBits { facts.reduce(0) { $0 | $1.bit } }

    /// Whether a spelling of a rank would replace the present value of a fact.
    @inline(__always)
    func hears(_ fact: Fact, rank: UInt8) -> Bool {
        unsafe rank <= ranks[Int(fact.rawValue)]
    }

    /// The rank of the spelling that stated a fact; undefined if the fact is not stated.
    func rank(of fact: Fact) -> UInt8 { unsafe ranks[Int(fact.rawValue)] }

    /// Forgets everything, for the next span.
    @inline(__always)
    mutating func removeAll() {
        if stated != 0 {
            stated = 0
            unsafe ranks.update(repeating: .max, count: Fact.limit)
        }
        costOfParts = CostOfParts()
        if !embedded.isEmpty { embedded.removeAll(keepingCapacity: true) }
        if !marks.isEmpty { forgetWords() }
    }

    private mutating func forgetWords() {
        words.removeAll(keepingCapacity: true)
        marks = []
    }

    /// Records an attribute whose key is read by its words; a span has at most 128 of them.
    mutating func note(_ reading: WordReading) {
        guard words.count < 128 else { return }
        words.append(reading)
        marks.insert(.words)
    }

    /// Forgets a fact, so that another attribute may state it.
    mutating func forget(_ fact: Fact) {
        stated &= ~fact.bit
        unsafe ranks[Int(fact.rawValue)] = .max
    }

    /// Whether a fact is stated only by the words of its key.
    func isByWords(_ fact: Fact) -> Bool {
        unsafe stated & fact.bit != 0 && ranks[Int(fact.rawValue)] == Self.rankOfWords
    }

    /// Forgets the counts that cannot be read, so that another spelling may state them.
    ///
    /// - Parameter body: The bytes.
    /// - Returns: Whether there was any.
    mutating func forgetRefusedCounts(_ body: Span<UInt8>) -> Bool {
        var found = false
        for fact in Fact.counts {
            guard let value = self[fact], TokenCount.read(value, body: body) == nil else { continue }
            stated &= ~fact.bit
            unsafe ranks[Int(fact.rawValue)] = .max
            found = true
        }
        return found
    }

    /// States a fact, unless a better spelling stated it already; empty values state nothing.
    ///
    /// - Parameters:
    ///   - fact: The fact.
    ///   - value: The value.
    ///   - rank: The rank of the spelling; 0 is the best. The same spelling a second time replaces the first value.
    @inline(__always)
    mutating func state(_ fact: Fact, _ value: AttributeValue, rank: UInt8) {
        let index = Int(fact.rawValue)
        guard value.states, unsafe rank <= ranks[index] else { return }
        stated |= fact.bit
        unsafe ranks[index] = rank
        unsafe values[index] = value
    }

    /// States the facts of a span's attributes.
    ///
    /// - Parameters:
    ///   - attributes: The attributes of the span.
    ///   - statements: The statements of keys, by the keys' numbers.
    ///   - body: The bytes that the values refer to.
    @inline(__always)
    mutating func gather(
        _ attributes: Span<AttributeRecord>, _ statements: Span<KeyStatement>, _ body: Span<UInt8>
    ) {
        var index = 0
        while true {
            let gathered = unsafe Self.gatherPlain(attributes, from: index, statements, values, ranks)
            stated |= gathered.stated
            index = gathered.end
            guard index < attributes.count else { return }
            statements[Int(attributes[index].key)].take(attributes[index], body, &self)
            index &+= 1
        }
    }

    /// States the facts of attributes in the plain form, up to the first attribute in another form.
    ///
    /// A function of its own, so that what it needs stays in registers.
    @unsafe @inline(never)
    private static func gatherPlain(
        _ attributes: Span<AttributeRecord>, from start: Int, _ statements: Span<KeyStatement>,
        _ values: UnsafeMutablePointer<AttributeValue>, _ ranks: UnsafeMutablePointer<UInt8>
    ) -> (stated: FactBits, end: Int) {
        var stated: FactBits = 0
        var index = start
        while index < attributes.count {
            // Sound: the index is less than the number of attributes, and never negative.
            let attribute = unsafe attributes[unchecked: index]
            let statement = statements[Int(attribute.key)]
            guard case .plain = statement.form else { break }
            index &+= 1
            let (fact, bit) = (Int(statement.fact.rawValue), statement.bit)
            guard attribute.value.states, unsafe statement.rank <= ranks[fact] else { continue }
            stated |= bit
            unsafe ranks[fact] = statement.rank
            unsafe values[fact] = attribute.value
        }
        return (stated, index)
    }

    /// The token counts that are stated.
    ///
    /// - Parameters:
    ///   - body: The bytes that the values refer to.
    ///   - reported: Gets every sound count.
    /// - Returns: Whether every count was sound.
    @inline(__always)
    func readCounts(from body: Span<UInt8>, into reported: inout ReportedUsage) -> Bool {
        var areSound = true
        // There are at most 32 counts.
        var rest = UInt32(truncatingIfNeeded: stated &>> FactBits(Fact.input.rawValue))
        while rest != 0 {
            let number = rest.trailingZeroBitCount
            rest &= rest &- 1
            if let tokens = unsafe TokenCount.read(values[Int(Fact.input.rawValue) &+ number], body: body) {
                reported.state(number, tokens)
            } else {
                areSound = false
            }
        }
        return areSound
    }
}

extension AttributeValue {
    /// Whether it states anything; an empty value and an empty text do not.
    @inline(__always)
    fileprivate var states: Bool {
        switch self {
        case .empty: false
        case .string(let range): range.length > 0
        default: true
        }
    }
}
