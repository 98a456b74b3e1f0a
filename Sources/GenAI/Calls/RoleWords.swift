// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The roles of a dialect's words, looked up by their bytes, with ASCII letters in any case.
struct RoleWords: Sendable {
    /// A word of at most sixteen bytes, so that its ends cover it completely.
    private struct Short: Sendable {
        var ends: TextEnds
        var role: SpanRole
    }

    private var words: [(text: [UInt8], role: SpanRole)] = []
    /// Those of ``words`` that are short, which nearly all are.
    private var shorts: [Short] = []

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - calls: Words for calls, in lower case, the most frequent first.
    ///   - aggregates: Words for agents, workflows and chains, in lower case.
    ///   - others: Words for spans that are neither.
    init(
        calls: KeyValuePairs<String, KnownOperation>, aggregates: KeyValuePairs<String, KnownOperation> = [:],
        others: [String] = []
    ) {
        words = calls.map { (Array($0.key.utf8), .modelCall(.known($0.value))) }
        words += aggregates.map { (Array($0.key.utf8), .aggregate(.known($0.value))) }
        words += others.map { (Array($0.utf8), .other) }
        for (text, role) in words where text.count <= TextEnds.longestWhole {
            // Ends can be read where eight bytes follow.
            let padded = text + [UInt8](repeating: 0, count: 8)
            guard let ends = TextEnds(of: ByteRange(length: text.count), in: padded.span) else { continue }
            shorts.append(Short(ends: ends, role: role))
        }
    }

    /// The role of a word of the body; `nil` if the table does not have the word.
    @inline(__always)
    func role(at range: ByteRange?, in body: Span<UInt8>) -> SpanRole? {
        guard let range else { return nil }
        guard Int(range.length) <= TextEnds.longestWhole, let ends = TextEnds(of: range, in: body) else {
            return findByBytes(range, in: body)
        }
        // Nearly everybody writes lower case.
        if let role = find(ends) { return role }
        return findInAnyCase(ends)
    }

    @inline(__always)
    private func find(_ ends: TextEnds) -> SpanRole? {
        let shorts = shorts.span
        for index in 0..<shorts.count where shorts[index].ends.isEqual(to: ends) { return shorts[index].role }
        return nil
    }

    @inline(never)
    private func findInAnyCase(_ ends: TextEnds) -> SpanRole? {
        let lowercased = ends.lowercased()
        return lowercased.isEqual(to: ends) ? nil : find(lowercased)
    }

    @inline(never)
    private func findByBytes(_ range: ByteRange, in body: Span<UInt8>) -> SpanRole? {
        for (text, role) in words where body.holdsIgnoringCase(text, at: range) { return role }
        return nil
    }
}
