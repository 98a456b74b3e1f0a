// SPDX-License-Identifier: Apache-2.0

/// What an attribute key states, and how its value is read.
struct KeyStatement: Sendable {
    /// How the value of a key is read.
    enum Form: UInt8, Sendable {
        /// As it is.
        case plain
        /// It is JSON: words are in quotes.
        case quoted
        /// It counts only in scopes that have the traits ``KeyStatement/detail``.
        case scoped
        /// It is an object; ``KeyStatement/detail`` is the number of its table.
        case embedded
        /// It is a count that the settings name.
        case configured
        /// It states nothing of the call; only a label needs it.
        case label
        /// It is a count, according to the words of the key, under a prefix for usage.
        case derived
        /// The words of the key say what it may be; ``KeyStatement/detail`` is the number of the class in ``KeyClass/all``.
        case words
        /// The key has a word for tokens and is no usage.
        case tokens
    }

    let fact: Fact
    /// The rank of the key among the spellings of ``fact``; the smallest is the best.
    let rank: UInt8
    let form: Form
    /// The number of the table or class, or the traits of scopes in which the key has this meaning; see ``form``.
    let detail: UInt16
    /// The bit of ``fact``, looked up rather than computed for each attribute.
    let bit: FactBits

    init(fact: Fact, rank: UInt8, form: Form, detail: UInt16) {
        (self.fact, self.rank, self.form, self.detail) = (fact, rank, form, detail)
        bit = fact.bit
    }
}
