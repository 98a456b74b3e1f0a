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
    /// A number under a key that is usage by its words is no sound count.
    static let refusedByWords = WordMarks(rawValue: 32)
    /// A kind says that the span is no call, although it has usage.
    static let leftOut = WordMarks(rawValue: 64)

    /// What the marks say is odd about the counts.
    var anomalies: UsageAnomalies {
        var anomalies = UsageAnomalies()
        if contains(.conflictingCounts) { anomalies.insert(.conflictingCounts) }
        if contains(.refusedByWords) { anomalies.insert(.refusedCount) }
        return anomalies
    }
}
