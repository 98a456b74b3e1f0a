// SPDX-License-Identifier: Apache-2.0
import Notation

/// The state that a ``SymbolTable`` keeps behind its lock.
struct SymbolStore {
    /// The values of one vocabulary.
    struct Members {
        var symbols: Set<Symbol> = []
        /// How many of the values are unknown, and so count against the limit.
        var unknown = 0
        /// For each known value, how many other spellings of it have a symbol of their own.
        var spellings: [String: Int] = [:]
        var overflows: UInt64 = 0
    }

    /// Symbols that stand in for all values with one meaning.
    struct StandIns {
        var symbols: [[Int]: Symbol] = [:]
        /// For each stand-in, the full text of one value with its meaning, by which it is priced; another text is shown.
        var meantTexts: [UInt32: String] = [:]
        /// The number of model names that are not known but have a meaning, and got a symbol of their own although the
        /// vocabulary was full.
        var ownNames = 0
        /// Counts the replacements of the known values; ``symbols`` belong to this edition.
        var edition = 0

        /// Forgets all meanings, since the known values were replaced; symbols already given keep their texts.
        mutating func beginEdition() -> Int {
            symbols = [:]
            edition += 1
            return edition
        }
    }

    var texts = ["", OverflowValue.text]
    var symbols: [String: Symbol] = ["": .absent, OverflowValue.text: .overflow]
    var members: [Vocabulary: Members] = [:]
    var standIns = StandIns()

    /// The symbol of a text that a vocabulary already holds.
    func member(_ text: String, of vocabulary: Vocabulary) -> Symbol? {
        guard let symbol = symbols[text] else { return nil }
        let isMember = symbol.isReserved || members[vocabulary]?.symbols.contains(symbol) == true
        return isMember ? symbol : nil
    }

    /// Adds a text to a vocabulary, whatever its limit.
    mutating func enter(_ text: String, in vocabulary: Vocabulary) -> Symbol {
        let symbol = symbols[text] ?? Symbol(number: UInt32(texts.count))
        if symbol.number == texts.count {
            texts.append(text)
            symbols[text] = symbol
        }
        members[vocabulary, default: Members()].symbols.insert(symbol)
        return symbol
    }

    /// Adds an unknown text; `nil` when the vocabulary is full.
    mutating func admit(_ text: String, to vocabulary: Vocabulary, limit: Int) -> Symbol? {
        if let member = member(text, of: vocabulary) { return member }
        guard members[vocabulary]?.unknown ?? 0 < limit else { return nil }
        members[vocabulary, default: Members()].unknown += 1
        return enter(text, in: vocabulary)
    }

    /// Adds a known value, in the sender's spelling while there are few spellings of it, else in the known one.
    mutating func admit(_ text: String, to vocabulary: Vocabulary, spelling: String) -> Symbol? {
        if text == spelling { return enter(text, in: vocabulary) }
        if let member = member(text, of: vocabulary) { return member }
        let spellings = members[vocabulary]?.spellings[spelling] ?? 0
        guard spellings < Self.mostSpellings else { return enter(spelling, in: vocabulary) }
        members[vocabulary, default: Members()].spellings[spelling] = spellings + 1
        return enter(text, in: vocabulary)
    }

    /// The symbol that stands in for all values with one meaning.
    mutating func standIn(
        for text: String, _ meaning: ValueMeaning, in vocabulary: Vocabulary
    ) -> Symbol {
        let kind = vocabulary == .model ? 0 : 1
        let parts = standIns.symbols.count < Self.mostDetailed ? meaning.parts : meaning.essentialParts
        for parts in [meaning.parts, parts] {
            if let known = standIns.symbols[[kind] + parts] { return known }
        }
        let symbol = Symbol(number: UInt32(texts.count))
        texts.append(meaning.shownText)
        standIns.meantTexts[symbol.number] = text
        standIns.symbols[[kind] + parts] = symbol
        return symbol
    }

    /// The largest number of other spellings of a known value that get a symbol of their own.
    private static let mostSpellings = 4
    /// The number of meanings up to which they are distinguished in every detail.
    private static let mostDetailed = 32_768
}

extension Symbol {
    fileprivate var isReserved: Bool { self == .absent || self == .overflow }
}
