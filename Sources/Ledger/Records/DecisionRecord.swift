// SPDX-License-Identifier: Apache-2.0
package import Billing
package import GenAI

/// Spans that were decided in one step.
package struct DecisionRecord: Sendable {
    /// The counted calls, complete, in the order of their fates.
    package var counted: [ModelCall]
    /// What became of each decided span.
    package var fates: [SpanFate]
    /// When they were decided, in nanoseconds since 1970 (UTC).
    package var wallNanoseconds: UInt64

    static func write(
        _ counted: Span<ModelCall>, _ fates: Span<SpanFate>, at wall: UInt64, _ bytes: inout RecordBytes
    ) {
        bytes.append(wall)
        bytes.append(RecordCount.packed | UInt64(counted.count))
        CallRecord.write(counted, &bytes)
        bytes.append(UInt64(fates.count))
        var next = 0
        for index in fates.indices {
            let fate = fates[index]
            // The identity of a counted call is in the record already.
            var isTold = false
            if fate.outcome == .counted, next < counted.count, counted[next].identity == fate.identity {
                isTold = true
                next += 1
            }
            bytes.append(
                UInt64(outcomes.firstIndex(of: fate.outcome) ?? 0) | (isTold ? Flags.told : 0)
                    | (fate.inFavourOf != nil ? Flags.inFavour : 0) | (fate.replacesEarlier ? Flags.replaces : 0)
                    | (fate.hasNewIDs ? Flags.newIDs : 0))
            if !isTold { append(fate.identity, &bytes) }
            if let other = fate.inFavourOf { append(other, &bytes) }
        }
    }

    init(_ record: inout RecordReader, _ meanings: inout RecordMeanings) throws(MalformedRecord) {
        wallNanoseconds = try record.word()
        let (count, isPacked) = try record.spans(CallRecord.leastBytes, plain: CallRecord.leastPlainBytes)
        counted = try CallRecord.read(&record, count: count, isPlain: !isPacked, &meanings)
        fates = []
        var next = 0
        for _ in 0..<(try record.count(of: 8)) {
            let word = try record.word()
            let outcome = Int(word & 0xFF)
            guard outcome < Self.outcomes.count else { throw MalformedRecord("an outcome that is not known") }
            var identity: SpanIdentity
            if word & Flags.told != 0 {
                guard next < counted.count else { throw MalformedRecord("a counted call is missing") }
                identity = counted[next].identity
                next += 1
            } else {
                identity = try Self.identity(&record)
            }
            let other = word & Flags.inFavour != 0 ? try Self.identity(&record) : nil
            fates.append(
                SpanFate(
                    identity: identity, outcome: Self.outcomes[outcome], inFavourOf: other,
                    replacesEarlier: word & Flags.replaces != 0, hasNewIDs: word & Flags.newIDs != 0))
        }
    }

    private static func append(_ identity: SpanIdentity, _ bytes: inout RecordBytes) {
        bytes.append(identity.traceIDHigh)
        bytes.append(identity.traceIDLow)
        bytes.append(identity.spanID)
    }

    static func identity(_ record: inout RecordReader) throws(MalformedRecord) -> SpanIdentity {
        SpanIdentity(traceIDHigh: try record.word(), traceIDLow: try record.word(), spanID: try record.word())
    }

    /// The outcomes by their numbers in records, which must not change.
    private static let outcomes: [SpanFate.Outcome] = [
        .counted, .duplicate, .twin, .unproven, .repeatsChildren, .notAModelCall,
    ]

    private enum Flags {
        static let told: UInt64 = 1 << 8
        static let inFavour: UInt64 = 1 << 9
        static let replaces: UInt64 = 1 << 10
        static let newIDs: UInt64 = 1 << 11
    }
}
