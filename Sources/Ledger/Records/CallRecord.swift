// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// A model call in a record: 19 words, a word for each two classes of tokens, and one for its dimensions if it has any.
enum CallRecord {
    /// The smallest size, in bytes.
    static let leastBytes = words * 8
    private static let words = 19

    static func write(_ calls: Span<ModelCall>, _ bytes: inout RecordBytes) {
        for index in calls.indices {
            var record = InlineArray<28, UInt64>(repeating: 0)
            record[0] = calls[index].identity.traceIDHigh
            record[1] = calls[index].identity.traceIDLow
            record[2] = calls[index].identity.spanID
            record[3] = calls[index].parentSpanID
            record[4] = calls[index].resource
            record[5] = calls[index].scope
            record[6] = calls[index].responseID
            record[7] = calls[index].startNanoseconds.asSent
            record[8] = calls[index].endNanoseconds.asSent
            record[9] = calls[index].units.word
            record[10] = UInt64(bitPattern: calls[index].reportedFemtodollars ?? 0)
            record[11] = UInt64(bitPattern: calls[index].timeToFirstTokenNanoseconds ?? 0)
            var flags: UInt64 = 0
            if calls[index].reportedFemtodollars != nil { flags |= Flags.reportedCost }
            if calls[index].timeToFirstTokenNanoseconds != nil { flags |= Flags.timeToFirstToken }
            if calls[index].isAggregate { flags |= Flags.aggregate }
            if calls[index].rewritesResponseIDs { flags |= Flags.rewritesResponseIDs }
            if calls[index].reportsUsage { flags |= Flags.usage }
            if calls[index].hasFailed { flags |= Flags.failed }
            if calls[index].isStream { flags |= Flags.stream }
            if calls[index].isFromCache { flags |= Flags.fromCache }
            if calls[index].isUnmarked { flags |= Flags.unmarked }
            if calls[index].tellsModality { flags |= Flags.modality }
            if calls[index].attribution.seeksAncestors { flags |= Flags.seeks }
            let dimensions = calls[index].dimensions
            if dimensions.word != 0 { flags |= Flags.dimensions }
            flags |= UInt64(calls[index].dialect) << 16 | UInt64(calls[index].responseIDScheme) << 24
            let sides = calls[index].sides
            flags |= UInt64(sides.cache.rawValue) << 32 | UInt64(sides.reasoning.rawValue) << 40
            flags |= UInt64(sides.counting.rawValue) << 48 | UInt64(calls[index].guesses.rawValue) << 56
            record[12] = flags
            record[13] = UInt64(calls[index].attribution.number) | UInt64(calls[index].tenantClass) << 32
            let usage = calls[index].usage
            record[14] = UInt64(calls[index].spanName) | UInt64(usage.classBits) << 32
            record[15] = pair(calls[index].responseModel, calls[index].requestModel)
            record[16] = pair(calls[index].operation, calls[index].provider)
            record[17] = pair(calls[index].serverAddress, calls[index].tier)
            record[18] = pair(calls[index].inferenceGeo, calls[index].errorType)
            var counts = 0
            for tokenClass in usage.classes {
                record[words + counts / 2] |= UInt64(usage[tokenClass]) << (counts % 2 == 0 ? 0 : 32)
                counts += 1
            }
            var size = words + (counts + 1) / 2
            if dimensions.word != 0 {
                record[size] = UInt64(dimensions.word)
                size += 1
            }
            bytes.append(record, count: size)
        }
    }

    @inline(__always)
    private static func pair(_ low: Symbol, _ high: Symbol) -> UInt64 {
        UInt64(low.number) | UInt64(high.number) << 32
    }

    static func read(_ record: inout RecordReader, _ meanings: inout RecordMeanings) throws(MalformedRecord)
        -> ModelCall
    {
        var call = ModelCall(
            identity: SpanIdentity(
                traceIDHigh: try record.word(), traceIDLow: try record.word(), spanID: try record.word()))
        call.parentSpanID = try record.word()
        call.resource = try record.word()
        call.scope = try record.word()
        call.responseID = try record.word()
        call.startNanoseconds = Outside(try record.word())
        call.endNanoseconds = Outside(try record.word())
        call.units = BilledUnits(word: try record.word())
        let (reported, first) = (Int64(bitPattern: try record.word()), Int64(bitPattern: try record.word()))
        let flags = try record.word()
        if flags & Flags.reportedCost != 0 { call.reportedFemtodollars = reported }
        if flags & Flags.timeToFirstToken != 0 { call.timeToFirstTokenNanoseconds = first }
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
        let (attribution, tenantClass) = try record.pair()
        call.attribution = try meanings.attribution(attribution)
        call.tenantClass = try meanings.tenantClass(tenantClass)
        // Without values of its own, a call may still inherit some.
        if attribution == 0 { call.attribution.seeksAncestors = flags & Flags.seeks != 0 }
        let (spanName, classes) = try record.pair()
        call.spanName = spanName
        let (responseModel, requestModel) = try record.pair()
        let (operation, provider) = try record.pair()
        let (serverAddress, tier) = try record.pair()
        let (inferenceGeo, errorType) = try record.pair()
        call.provider = try meanings.symbol(provider, .provider)
        call.serverAddress = try meanings.symbol(serverAddress, .serverAddress)
        call.responseModel = try meanings.symbol(responseModel, .model, of: call)
        call.requestModel = try meanings.symbol(requestModel, .model, of: call)
        call.operation = try meanings.symbol(operation, .operation)
        call.tier = try meanings.symbol(tier, .tier)
        call.inferenceGeo = try meanings.symbol(inferenceGeo, .inferenceGeo)
        call.errorType = try meanings.symbol(errorType, .errorType)
        var (counts, word) = (0, UInt64(0))
        for tokenClass in TokenClass.allCases where classes >> UInt32(tokenClass.index) & 1 == 1 {
            if counts % 2 == 0 { word = try record.word() }
            call.usage[tokenClass] = Int64(counts % 2 == 0 ? word & 0xFFFF_FFFF : word >> 32)
            counts += 1
        }
        if flags & Flags.dimensions != 0 {
            let word = UInt32(truncatingIfNeeded: try record.word())
            call.dimensions = try meanings.dimensions(DimensionSet(word: word))
        }
        return call
    }

    private enum Flags {
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
