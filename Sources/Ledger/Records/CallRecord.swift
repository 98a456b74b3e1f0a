// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// Model calls in a record.
///
/// A call is 19 words, a word for each two classes of tokens, and one for its dimensions if it has any. Most words are those of the
/// call before it. So a call begins with a word whose upper half is the number of its words, and whose lower half has a bit for
/// each word that differs; only those words follow. Formats 1 and 2 have all words of each call, and no word before them.
enum CallRecord {
    /// The smallest size of a call, in bytes.
    static let leastBytes = 8
    /// The smallest size of a call in formats 1 and 2.
    static let leastPlainBytes = words * 8
    fileprivate static let words = 19
    private static let mostWords = 28

    /// The words of a call, and which of them differ from those of the call before.
    struct Words {
        fileprivate(set) var all = InlineArray<28, UInt64>(repeating: 0)
        fileprivate(set) var count = 0
        /// The differing words, behind the one that says which they are.
        fileprivate var record = InlineArray<29, UInt64>(repeating: 0)
        fileprivate var size = 0
        private var differing: UInt64 = 0

        init() {}

        /// Reads a call, and notes which words differ from those of the call before.
        ///
        /// - Parameter call: A call.
        mutating func take(_ call: borrowing ModelCall) {
            (size, differing) = (1, 0)
            put(0, call.identity.traceIDHigh)
            put(1, call.identity.traceIDLow)
            put(2, call.identity.spanID)
            put(3, call.parentSpanID)
            put(4, call.resource)
            put(5, call.scope)
            put(6, call.responseID)
            put(7, call.startNanoseconds.asSent)
            put(8, call.endNanoseconds.asSent)
            put(9, call.units.word)
            put(10, UInt64(bitPattern: call.reportedFemtodollars ?? 0))
            put(11, UInt64(bitPattern: call.timeToFirstTokenNanoseconds ?? 0))
            var flags: UInt64 = 0
            if call.reportedFemtodollars != nil { flags |= Flags.reportedCost }
            if call.timeToFirstTokenNanoseconds != nil { flags |= Flags.timeToFirstToken }
            if call.isAggregate { flags |= Flags.aggregate }
            if call.rewritesResponseIDs { flags |= Flags.rewritesResponseIDs }
            if call.reportsUsage { flags |= Flags.usage }
            if call.hasFailed { flags |= Flags.failed }
            if call.isStream { flags |= Flags.stream }
            if call.isFromCache { flags |= Flags.fromCache }
            if call.isUnmarked { flags |= Flags.unmarked }
            if call.tellsModality { flags |= Flags.modality }
            if call.attribution.seeksAncestors { flags |= Flags.seeks }
            let dimensions = call.dimensions
            if dimensions.word != 0 { flags |= Flags.dimensions }
            flags |= UInt64(call.dialect) << 16 | UInt64(call.responseIDScheme) << 24
            let sides = call.sides
            flags |= UInt64(sides.cache.rawValue) << 32 | UInt64(sides.reasoning.rawValue) << 40
            flags |= UInt64(sides.counting.rawValue) << 48 | UInt64(call.guesses.rawValue) << 56
            put(12, flags)
            put(13, UInt64(call.attribution.number) | UInt64(call.tenantClass) << 32)
            let usage = call.usage
            put(14, UInt64(call.spanName) | UInt64(usage.classBits) << 32)
            put(15, CallRecord.pair(call.responseModel, call.requestModel))
            put(16, CallRecord.pair(call.operation, call.provider))
            put(17, CallRecord.pair(call.serverAddress, call.tier))
            put(18, CallRecord.pair(call.inferenceGeo, call.errorType))
            var (word, counts, end) = (UInt64(0), 0, CallRecord.words)
            for tokenClass in usage.classes {
                word |= UInt64(usage[tokenClass]) << (counts % 2 == 0 ? 0 : 32)
                counts += 1
                guard counts % 2 == 0 else { continue }
                put(end, word)
                (word, end) = (0, end + 1)
            }
            if counts % 2 == 1 {
                put(end, word)
                end += 1
            }
            if dimensions.word != 0 {
                put(end, UInt64(dimensions.word))
                end += 1
            }
            for index in end..<max(end, count) { all[index] = 0 }
            count = end
            record[0] = UInt64(count) << 32 | differing
        }

        /// Sets a word, and notes whether it differs; there is no branch.
        @inline(__always)
        private mutating func put(_ index: Int, _ word: UInt64) {
            let differs: UInt64 = all[index] == word ? 0 : 1
            all[index] = word
            record[size] = word
            size += Int(differs)
            differing |= differs << UInt64(index)
        }
    }

    /// Writes calls, each as what differs from the one before it.
    static func write(_ calls: Span<ModelCall>, _ bytes: inout RecordBytes) {
        var words = Words()
        for index in calls.indices {
            words.take(calls[index])
            bytes.append(words.record, count: words.size)
        }
    }

    @inline(__always)
    fileprivate static func pair(_ low: Symbol, _ high: Symbol) -> UInt64 {
        UInt64(low.number) | UInt64(high.number) << 32
    }

    // MARK: Reading

    /// Reads calls.
    ///
    /// - Parameters:
    ///   - record: A record after the number of calls.
    ///   - count: The number of calls.
    ///   - isPlain: Whether they are those of format 1 or 2.
    ///   - meanings: What numbers of the segment mean.
    /// - Returns: The calls.
    /// - Throws: ``MalformedRecord`` if that is not what the record has.
    static func read(
        _ record: inout RecordReader, count: Int, isPlain: Bool, _ meanings: inout RecordMeanings
    ) throws(MalformedRecord) -> [ModelCall] {
        var calls: [ModelCall] = []
        calls.reserveCapacity(min(count, 4_096))
        var words = Words()
        for _ in 0..<count {
            if isPlain { words = try plainWords(&record) } else { try read(&record, into: &words) }
            calls.append(try call(words, &meanings))
        }
        return calls
    }

    /// Reads what differs from the call before.
    private static func read(_ record: inout RecordReader, into words: inout Words) throws(MalformedRecord) {
        let (differing, count) = try record.pair()
        guard count >= Self.words, count <= mostWords, differing >> count == 0 else {
            throw MalformedRecord("a call has an impossible size")
        }
        words.count = Int(count)
        for word in 0..<words.count where differing >> UInt32(word) & 1 == 1 { words.all[word] = try record.word() }
        for word in words.count..<mostWords { words.all[word] = 0 }
    }

    /// Reads all words of a call.
    private static func plainWords(_ record: inout RecordReader) throws(MalformedRecord) -> Words {
        var words = Words()
        for word in 0..<Self.words { words.all[word] = try record.word() }
        let classes = (words.all[14] >> 32).nonzeroBitCount
        words.count = Self.words + (classes + 1) / 2 + (words.all[12] & Flags.dimensions == 0 ? 0 : 1)
        guard words.count <= mostWords else { throw MalformedRecord("a call has an impossible size") }
        for word in Self.words..<words.count { words.all[word] = try record.word() }
        return words
    }

    private static func call(
        _ words: Words, _ meanings: inout RecordMeanings
    ) throws(MalformedRecord) -> ModelCall {
        func pair(_ word: Int) -> (low: UInt32, high: UInt32) {
            (UInt32(truncatingIfNeeded: words.all[word]), UInt32(truncatingIfNeeded: words.all[word] >> 32))
        }
        var call = ModelCall(
            identity: SpanIdentity(traceIDHigh: words.all[0], traceIDLow: words.all[1], spanID: words.all[2]))
        call.parentSpanID = words.all[3]
        call.resource = words.all[4]
        call.scope = words.all[5]
        call.responseID = words.all[6]
        call.startNanoseconds = Outside(words.all[7])
        call.endNanoseconds = Outside(words.all[8])
        call.units = BilledUnits(word: words.all[9])
        let flags = words.all[12]
        if flags & Flags.reportedCost != 0 { call.reportedFemtodollars = Int64(bitPattern: words.all[10]) }
        if flags & Flags.timeToFirstToken != 0 {
            call.timeToFirstTokenNanoseconds = Int64(bitPattern: words.all[11])
        }
        call.isAggregate = flags & Flags.aggregate != 0
        call.rewritesResponseIDs = flags & Flags.rewritesResponseIDs != 0
        call.reportsUsage = flags & Flags.usage != 0
        call.hasFailed = flags & Flags.failed != 0
        call.isStream = flags & Flags.stream != 0
        call.isFromCache = flags & Flags.fromCache != 0
        call.isUnmarked = flags & Flags.unmarked != 0
        call.tellsModality = flags & Flags.modality != 0
        call.dialect = UInt8(truncatingIfNeeded: flags >> 16)
        call.responseIDScheme = UInt8(truncatingIfNeeded: flags >> 24)
        call.sides.cache = PartSide(rawValue: UInt8(truncatingIfNeeded: flags >> 32))
        call.sides.reasoning = PartSide(rawValue: UInt8(truncatingIfNeeded: flags >> 40))
        call.sides.counting = ProviderCounting(rawValue: UInt8(truncatingIfNeeded: flags >> 48))
        call.guesses = UsageGuesses(rawValue: UInt8(truncatingIfNeeded: flags >> 56))
        let (attribution, tenantClass) = pair(13)
        call.attribution = try meanings.attribution(attribution)
        call.tenantClass = try meanings.tenantClass(tenantClass)
        // Without values of its own, a call may still inherit some.
        if attribution == 0 { call.attribution.seeksAncestors = flags & Flags.seeks != 0 }
        let (spanName, classes) = pair(14)
        call.spanName = spanName
        let (responseModel, requestModel) = pair(15)
        let (operation, provider) = pair(16)
        let (serverAddress, tier) = pair(17)
        let (inferenceGeo, errorType) = pair(18)
        call.provider = try meanings.symbol(provider, .provider)
        call.serverAddress = try meanings.symbol(serverAddress, .serverAddress)
        call.responseModel = try meanings.symbol(responseModel, .model, of: call)
        call.requestModel = try meanings.symbol(requestModel, .model, of: call)
        call.operation = try meanings.symbol(operation, .operation)
        call.tier = try meanings.symbol(tier, .tier)
        call.inferenceGeo = try meanings.symbol(inferenceGeo, .inferenceGeo)
        call.errorType = try meanings.symbol(errorType, .errorType)
        var counts = 0
        for tokenClass in TokenClass.allCases where classes >> UInt32(tokenClass.index) & 1 == 1 {
            let (even, odd) = pair(Self.words + counts / 2)
            call.usage[tokenClass] = Int64(counts % 2 == 0 ? even : odd)
            counts += 1
        }
        if flags & Flags.dimensions != 0 {
            let word = UInt32(truncatingIfNeeded: words.all[words.count - 1])
            call.dimensions = try meanings.dimensions(DimensionSet(word: word))
        }
        return call
    }

    fileprivate enum Flags {
        static let reportedCost: UInt64 = 1 << 0
        static let timeToFirstToken: UInt64 = 1 << 1
        static let aggregate: UInt64 = 1 << 2
        static let rewritesResponseIDs: UInt64 = 1 << 3
        static let usage: UInt64 = 1 << 4
        static let failed: UInt64 = 1 << 5
        static let stream: UInt64 = 1 << 6
        static let fromCache: UInt64 = 1 << 7
        static let unmarked: UInt64 = 1 << 8
        static let modality: UInt64 = 1 << 9
        static let seeks: UInt64 = 1 << 10
        /// A word with its dimensions is the last of the call.
        static let dimensions: UInt64 = 1 << 11
    }
}
