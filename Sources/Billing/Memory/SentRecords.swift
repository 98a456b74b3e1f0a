// SPDX-License-Identifier: Apache-2.0
import CMemory
import GenAI
import OTLP

/// Which calls were sent before under other ids: a bounded memory of what spans say, without their ids.
///
/// Some senders upload a turn while it is open and again when it has ended, each time with new trace and span ids. Two
/// spans with usage are one record when service, scope, span name, start, end, models, provider, outcome, labels and the
/// counts of all classes are equal, unless both have an answer's id and these differ. How much equal times prove depends on
/// the clock:
///
/// - Times with digits below the millisecond do not agree by chance: in another trace the span is the same record.
/// - A time within a microsecond of a whole millisecond may come from a clock that has no finer digits, by which parallel
///   calls agree every now and then. Such a span is the same record only if it is in another trace and has three different
///   counts after at least ``fairlyLong``, or two after at least ``veryLong``.
/// - In the same trace spans with equal times are results of one batch, so they stay apart.
/// - Times that cannot be those of one call prove nothing: a start and an end of whole seconds, none at all, less than
///   ``shortest`` or more than ``longest`` between them. Batches write such times to all of their results.
/// - Neither do counts that agree all the time: an answer of at most ``longestLabel`` tokens is a word or a label.
///
/// A slot keeps the latest record that fell on it. Memory: 16 bytes a slot, 1 MiB, touched as calls arrive.
@safe
struct SentRecords: ~Copyable {
    /// What is kept of a span.
    ///
    /// In 32 bits two different ids agree once in four billion.
    private struct Record {
        /// A hash of all that must be equal.
        var tag: UInt64
        var trace: UInt32
        /// The answer's id; 0 for none.
        var response: UInt32
    }

    // Sound: the block holds `count` records, belongs to this value and is only indexed with masked numbers. Fresh pages are
    // zero.
    private var pages: Pages
    private var records: UnsafeMutablePointer<Record>

    init() {
        pages = Pages(bytes: Self.count * MemoryLayout<Record>.stride)
        unsafe records = pages.base.bindMemory(to: Record.self, capacity: Self.count)
    }

    /// Prefetches the slot of a record, by ``SpanKeys/record(_:)``.
    @inline(__always)
    func fetch(_ key: UInt64) { unsafe prefetch_line(records + Self.slot(key)) }

    /// Notes a span with usage.
    ///
    /// - Parameters:
    ///   - arriving: The span.
    ///   - line: Its counts and times.
    ///   - trace: The key of its trace.
    ///   - key: Its key, by ``SpanKeys/record(_:)``.
    /// - Returns: Whether it was sent before under other ids.
    @inline(__always)
    mutating func note(_ arriving: CallReference, _ line: borrowing WaitingLine, trace: UInt64, _ key: UInt64) -> Bool {
        let slot = Self.slot(key)
        let models = UInt64(arriving.call.responseModel.number) << 32 | UInt64(arriving.call.requestModel.number)
        let record = Record(
            tag: mix64(key ^ models ^ Self.owner(arriving), Self.counts(arriving, line)),
            trace: UInt32(truncatingIfNeeded: trace >> 16),
            response: UInt32(truncatingIfNeeded: arriving.call.responseID))
        let known = unsafe records[slot]
        guard known.tag == record.tag else {
            unsafe records[slot] = record
            return false
        }
        return isSame(arriving, line, known, record)
    }

    /// Who answered and for whom, in one word.
    @inline(__always)
    private static func owner(_ arriving: CallReference) -> UInt64 {
        let names = UInt64(arriving.call.provider.number) << 32 | UInt64(arriving.call.tenantClass)
        return (names ^ UInt64(arriving.call.attribution.number) << 16) &* spread
    }

    /// The counts of all classes and the outcome, in one word.
    @inline(__always)
    private static func counts(_ arriving: CallReference, _ line: borrowing WaitingLine) -> UInt64 {
        var counts = UInt64(line.input) << 32 | UInt64(line.output)
        if line.state.contains(.failed) { counts ^= spread }
        // Most calls have no other classes; the others imply the plain input and output from the totals.
        return line.classes & ~plainClasses == 0 ? counts : adding(arriving, to: counts)
    }

    /// Adds the counts of all other classes to a word.
    ///
    /// Class by class, each read where it is: in a loop they would be read from a copy of all.
    @inline(__always)
    private static func adding(_ arriving: CallReference, to counts: UInt64) -> UInt64 {
        var word = counts
        let others: InlineArray<7, UInt64> = [
            pair(arriving.call.usage[.cacheRead], arriving.call.usage[.cacheWrite]),
            pair(arriving.call.usage[.cacheWrite1h], arriving.call.usage[.cacheWrite12h]),
            pair(arriving.call.usage[.reasoning], arriving.call.usage[.inputAudio]),
            pair(arriving.call.usage[.outputAudio], arriving.call.usage[.cacheReadAudio]),
            pair(arriving.call.usage[.inputImage], arriving.call.usage[.outputImage]),
            pair(arriving.call.usage[.cacheReadImage], arriving.call.usage[.inputVideo]),
            pair(arriving.call.usage[.outputVideo], 0),
        ]
        for index in others.indices { word = (word ^ others[index]) &* spread }
        return word
    }

    @inline(__always)
    private static func pair(_ low: Int64, _ high: Int64) -> UInt64 {
        UInt64(truncatingIfNeeded: low) | UInt64(truncatingIfNeeded: high) &<< 32
    }

    private static var plainClasses: UInt16 { 1 << TokenClass.input.index | 1 << TokenClass.output.index }
    /// An odd number that carries each bit into many.
    private static var spread: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    @inline(never)
    private func isSame(
        _ arriving: CallReference, _ line: borrowing WaitingLine, _ known: Record, _ record: Record
    ) -> Bool {
        guard known.trace != record.trace,
            known.response == record.response || known.response == 0 || record.response == 0
        else { return false }
        let (start, end, duration) = (line.start.asSent, line.end.asSent, line.duration)
        guard line.output > Self.longestLabel, start > 0, duration >= Self.shortest, duration <= Self.longest,
            !(Self.isWholeSecond(start) && Self.isWholeSecond(end))
        else { return false }
        if Self.hasDigits(start), Self.hasDigits(end) { return true }
        let counts = Self.differentCounts(arriving.call.usage)
        return (counts >= 3 && duration >= Self.fairlyLong) || (counts >= 2 && duration >= Self.veryLong)
    }

    /// Whether a time has digits below the millisecond that are no rounding.
    static func hasDigits(_ time: UInt64) -> Bool { (1_001..<999_000).contains(time % 1_000_000) }

    /// Whether a time is a whole second, or a microsecond at most from one.
    private static func isWholeSecond(_ time: UInt64) -> Bool {
        let rest = time % 1_000_000_000
        return rest <= 1_000 || rest >= 999_999_000
    }

    private static func differentCounts(_ usage: CallUsage) -> Int {
        var seen: Set<Int64> = []
        for tokenClass in usage.classes where usage[tokenClass] > 0 { seen.insert(usage[tokenClass]) }
        return seen.count
    }

    /// 2 and 8 seconds.
    static let fairlyLong: UInt64 = 2_000_000_000
    static let veryLong: UInt64 = 8_000_000_000
    /// A millisecond and an hour: no call is shorter, and what lasts longer is a batch.
    static let shortest: UInt64 = 1_000_000
    static let longest: UInt64 = 3_600_000_000_000
    /// In tokens of output.
    static let longestLabel: UInt32 = 8

    @inline(__always)
    private static func slot(_ key: UInt64) -> Int { Int(truncatingIfNeeded: key >> 40) & (count - 1) }

    /// A power of two.
    private static let count = 65_536
}
