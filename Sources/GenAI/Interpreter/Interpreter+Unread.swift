// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// Reports spans that seem to have usage of which none was read, so that no sender's usage is ignored silently.
extension Interpreter {
    /// Notes a span of which no usage was read, if an attribute seems to have some.
    ///
    /// Spans that a dialect knows as something other than a call are left out. If a kind by words says that a span is no call,
    /// all of its usage is noted.
    ///
    /// - Parameters:
    ///   - span: The span.
    ///   - isCall: Whether it is a call all the same.
    ///   - batch: Has its attributes.
    ///   - facts: What it states.
    ///   - body: The bytes.
    ///   - report: Gets the span's scope and the keys.
    ///   - accounts: Gets the keys as well, where accounts are recorded.
    @inline(never)
    func noteUnread(
        of span: SpanRecord, isCall: Bool, _ batch: SpanBatch, _ facts: borrowing SpanFacts, _ body: Span<UInt8>,
        _ report: inout InterpretationReport, _ accounts: inout [SpanAccount]
    ) {
        guard isCall || teller(of: span, facts, body) == nil else { return }
        var keys: [ByteRange] = []
        for index in span.attributes.indices where keys.count < UnreadUsageSpans.mostKeys {
            let attribute = batch.attributes[index]
            let statement = tables.statements[Int(attribute.key)]
            if statement.seemsUsage(attribute.value, body)
                || facts.marks.contains(.leftOut) && statement.isUsage(attribute.value, body)
            {
                keys.append(attribute.keyRange)
            }
        }
        guard !keys.isEmpty else { return }
        report.countUnread(scope: span.scope, keys: keys)
        if let last = accounts.indices.last { accounts[last].unreadKeys = keys.map { LabelText.read($0, in: body) } }
    }
}

extension Interpreter {
    /// Notes the span of a call without usage; a call that failed mostly has none, and an agent's is that of its calls.
    @inline(__always)
    func noteUnread(
        of call: borrowing ModelCall, _ span: SpanRecord, _ batch: SpanBatch, _ facts: borrowing SpanFacts,
        _ body: Span<UInt8>, _ report: inout InterpretationReport, _ accounts: inout [SpanAccount]
    ) {
        guard !call.reportsUsage, !call.hasFailed, !call.isAggregate else { return }
        noteUnread(of: span, isCall: true, batch, facts, body, &report, &accounts)
    }
}

extension KeyStatement {
    /// Whether the value of the key may be usage: a number above 0 under a word for tokens, or an object with such a number.
    fileprivate func seemsUsage(_ value: AttributeValue, _ body: Span<UInt8>) -> Bool {
        switch form {
        case .tokens: Self.isCount(value, body)
        case .derived: Self.isCount(value, body)
        case .words:
            switch (wordClass, value) {
            case (.usage?, _): Self.isCount(value, body)
            case (.object?, .string(let range)): TokenKeys.occur(in: range, body)
            default: false
            }
        default: false
        }
    }

    /// Whether the key is that of a count, and the value one above 0.
    fileprivate func isUsage(_ value: AttributeValue, _ body: Span<UInt8>) -> Bool {
        Fact.counts.contains(fact) && Self.isCount(value, body)
    }

    private static func isCount(_ value: AttributeValue, _ body: Span<UInt8>) -> Bool {
        switch value {
        case .int(let number): number > 0
        case .double(let number): number > 0
        case .string: TokenCount.read(value, body: body) ?? 0 > 0
        default: false
        }
    }
}

/// Spans of one scope that seem to have usage of which none was read.
package struct UnreadUsageSpans: Sendable, Equatable {
    /// The scope, as an index into ``SpanBatch/scopes``.
    package var scope: UInt32
    package var spans: Int
    /// The keys of the first of them, at most ``mostKeys``.
    package var keys: [ByteRange]

    /// The largest number of keys that are reported of a span.
    package static let mostKeys = 8
}

extension InterpretationReport {
    mutating func countUnread(scope: UInt32, keys: [ByteRange]) {
        if let last = unread.indices.last, unread[last].scope == scope {
            unread[last].spans += 1
        } else {
            unread.append(UnreadUsageSpans(scope: scope, spans: 1, keys: keys))
        }
    }
}

/// Members of a JSON text that are named for tokens.
enum TokenKeys {
    /// How much of a text is looked at, in bytes.
    private static var longestLook: Int { 8_192 }

    /// Whether the beginning of a text has a member with a word for tokens in its name and a number above 0.
    static func occur(in range: ByteRange, _ body: Span<UInt8>) -> Bool {
        let (start, end) = (Int(range.offset), Int(range.offset) + min(Int(range.length), longestLook))
        var position = start
        while position + 5 < end {
            defer { position += 1 }
            guard body[position] | 0x20 == UInt8(ascii: "t"), body[position + 1] == UInt8(ascii: "o"),
                body[position + 2] == UInt8(ascii: "k"), body[position + 3] == UInt8(ascii: "e"),
                body[position + 4] == UInt8(ascii: "n")
            else { continue }
            var next = position + 5
            while next < end, isNameByte(body[next]) { next += 1 }
            guard next < end, body[next] == UInt8(ascii: "\"") || body[next] == UInt8(ascii: "'") else { continue }
            next += 1
            while next < end, body[next] == 0x20 || body[next] == UInt8(ascii: ":") { next += 1 }
            if next < end, body[next] >= UInt8(ascii: "1"), body[next] <= UInt8(ascii: "9") { return true }
        }
        return false
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }
}
