// SPDX-License-Identifier: Apache-2.0

/// What a ``SymbolTable`` keeps behind its lock.
struct SymbolStore {
    /// The values of one vocabulary.
    struct Members {
        var symbols: Set<Symbol> = []
        /// How many of them take a place: all but the known ones.
        var unknown = 0
        /// How many spellings of each known value have a symbol of their own, besides the one by which it is known.
        var spellings: [String: Int] = [:]
        var overflows: UInt64 = 0
    }

    /// Symbols that stand for all values with one meaning.
    struct StandIns {
        var symbols: [[Int]: Symbol] = [:]
        /// The full text of a value with that meaning; what is shown is another.
        var meantTexts: [UInt32: String] = [:]
        /// Names of models that are not known by themselves, mean something, and have a symbol of their own although the
        /// vocabulary was full.
        var ownNames = 0
        /// The number of what was known when ``symbols`` were given.
        var edition = 0

        /// Begins anew with other meanings; symbols that were given keep their texts.
        mutating func beginEdition() -> Int {
            symbols = [:]
            edition += 1
            return edition
        }
    }

    var texts = ["", "__overflow__"]
    var symbols: [String: Symbol] = ["": .absent, "__overflow__": .overflow]
    var members: [Vocabulary: Members] = [:]
    var standIns = StandIns()

    /// The symbol of a text that a vocabulary has already.
    func member(_ text: String, of vocabulary: Vocabulary) -> Symbol? {
        guard let symbol = symbols[text] else { return nil }
        let isMember = symbol.isReserved || members[vocabulary]?.symbols.contains(symbol) == true
        return isMember ? symbol : nil
    }

    /// Takes a text into a vocabulary, whatever there is in it.
    mutating func enter(_ text: String, in vocabulary: Vocabulary) -> Symbol {
        let symbol = symbols[text] ?? Symbol(number: UInt32(texts.count))
        if symbol.number == texts.count {
            texts.append(text)
            symbols[text] = symbol
        }
        members[vocabulary, default: Members()].symbols.insert(symbol)
        return symbol
    }

    /// Takes a text in that is not known; `nil` when there is no room.
    mutating func admit(_ text: String, to vocabulary: Vocabulary, limit: Int) -> Symbol? {
        if let member = member(text, of: vocabulary) { return member }
        guard members[vocabulary]?.unknown ?? 0 < limit else { return nil }
        members[vocabulary, default: Members()].unknown += 1
        return enter(text, in: vocabulary)
    }

    /// Takes a known value in, as it is spelled as long as there are few spellings of it.
    mutating func admit(_ text: String, to vocabulary: Vocabulary, spelling: String) -> Symbol? {
        if text == spelling { return enter(text, in: vocabulary) }
        if let member = member(text, of: vocabulary) { return member }
        let spellings = members[vocabulary]?.spellings[spelling] ?? 0
        guard spellings < Self.mostSpellings else { return enter(spelling, in: vocabulary) }
        members[vocabulary, default: Members()].spellings[spelling] = spellings + 1
        return enter(text, in: vocabulary)
    }

    /// The symbol of all values with one meaning.
    mutating func standIn(
        for text: String, _ meaning: ValueMeaning, in vocabulary: Vocabulary
    ) -> Symbol {
        let place = vocabulary == .model ? 0 : 1
        let parts = standIns.symbols.count < Self.mostDetailed ? meaning.parts : meaning.essentialParts
        for parts in [meaning.parts, parts] {
            if let known = standIns.symbols[[place] + parts] { return known }
        }
        let symbol = Symbol(number: UInt32(texts.count))
        texts.append(meaning.shownText)
        standIns.meantTexts[symbol.number] = text
        standIns.symbols[[place] + parts] = symbol
        return symbol
    }

    /// How many other spellings of a known value have a symbol of their own.
    private static let mostSpellings = 4
    /// How many meanings are told apart in every detail.
    private static let mostDetailed = 32_768
}

extension Symbol {
    fileprivate var isReserved: Bool { self == .absent || self == .overflow }
}
