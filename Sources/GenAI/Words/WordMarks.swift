// SPDX-License-Identifier: Apache-2.0

/// What is to be known of the reading of one span's keys by their words.
package struct WordMarks: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Some attributes wait for being read by their words.
    static let words = WordMarks(rawValue: 1)
    /// The span is a call by the words of its keys alone.
    static let readByWords = WordMarks(rawValue: 2)
    /// Two spellings gave different counts.
    static let conflictingCounts = WordMarks(rawValue: 4)
    /// A number stands under a key with a word for tokens that is no usage.
    static let unreadTokens = WordMarks(rawValue: 8)
    /// Counts that cannot be read state nothing: another spelling is being looked for.
    static let soundOnly = WordMarks(rawValue: 16)
}
