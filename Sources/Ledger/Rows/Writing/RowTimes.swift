// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import OTLP

/// Where a span stands in time: the minute of its id, and its end in microseconds from that minute.
struct RowTime: Equatable {
    /// Minutes since 2020-01-01T00:00Z.
    var minute: Int64
    var finish: Int64
    /// Whether this is the time of the arrival, since the end of the span is implausible.
    var isArrival = false

    /// The time in microseconds since 2020-01-01T00:00Z.
    var microseconds: Int64 { minute * Self.minuteMicroseconds + finish }

    static let minuteMicroseconds: Int64 = 60_000_000
    /// 2020-01-01T00:00Z in microseconds since 1970.
    static let epochMicroseconds: Int64 = 1_577_836_800_000_000
    /// The number of bits of an id below the minute.
    static let sequenceBits: Int64 = 22
    /// The number of ids of a minute.
    static let sequenceLength: Int64 = 1 << sequenceBits
    /// An hour: the most that the end of a span may be later than its arrival.
    static let toleranceMinutes: Int64 = 60
    private static let tolerance = toleranceMinutes * minuteMicroseconds

    /// Finds the place of a span.
    ///
    /// - Parameters:
    ///   - end: The end of the span, in nanoseconds since 1970, as sent.
    ///   - arrival: Its arrival, in nanoseconds since 1970.
    ///   - oldest: The first minute whose rows are kept; older ones are placed by their arrival.
    @inline(__always)
    init(end: UInt64, arrival: UInt64, oldest: Int64) {
        let arrived = Int64(arrival / 1_000) - Self.epochMicroseconds
        let ended = Int64(end / 1_000) - Self.epochMicroseconds
        isArrival = ended < 0 || ended > arrived + Self.tolerance || ended / Self.minuteMicroseconds < oldest
        let time = isArrival ? arrived : ended
        minute = max(time >= 0 ? time / Self.minuteMicroseconds : 0, oldest)
        finish = time - minute * Self.minuteMicroseconds
    }

    init(minute: Int64, finish: Int64) { (self.minute, self.finish) = (minute, finish) }

    /// The minute of a time in nanoseconds since 1970.
    static func minute(of nanoseconds: UInt64) -> Int64 {
        (Int64(nanoseconds / 1_000) - epochMicroseconds) / minuteMicroseconds
    }
}

/// Gives ids to rows: the next free number of the minute, or of the next minute that has one.
struct RowNumbers {
    /// The next number by minute; minutes that are not here are looked up.
    private var next: [Int64: Int64] = [:]
    /// The minute in use, and its next number.
    private var latest: (minute: Int64, next: Int64) = (-1, 0)

    /// The number of minutes that are remembered, in addition to those of one transaction.
    private static let mostMinutes = 8_192

    /// Begins a transaction.
    ///
    /// Only here minutes are forgotten: within a transaction the tables do not have all of its ids yet.
    mutating func begin() {
        if next.count > Self.mostMinutes { next.removeAll() }
    }

    /// The id for a time, which moves to a later minute if its own has no id left.
    @inline(__always)
    mutating func id(for time: inout RowTime, _ database: Database) throws -> Int64 {
        if time.minute != latest.minute || latest.next >= RowTime.sequenceLength { try find(&time, database) }
        let id = time.minute << RowTime.sequenceBits | latest.next
        latest.next += 1
        return id
    }

    @inline(never)
    private mutating func find(_ time: inout RowTime, _ database: Database) throws {
        if latest.minute >= 0 { next[latest.minute] = latest.next }
        while true {
            let number = try next[time.minute] ?? Self.firstFree(time.minute, database)
            latest = (time.minute, number)
            if number < RowTime.sequenceLength { return }
            next[time.minute] = number
            time.minute += 1
            time.finish -= RowTime.minuteMicroseconds
        }
    }

    private static func firstFree(_ minute: Int64, _ database: Database) throws -> Int64 {
        let first = minute << RowTime.sequenceBits
        var free: Int64 = 0
        for table in ["calls", "drops"] {
            let statement = try BoundStatement(database, "SELECT max(id) FROM \(table) WHERE id >= ? AND id < ?")
            statement.bind(1, first)
            statement.bind(2, first + RowTime.sequenceLength)
            if let last = try statement.number() { free = max(free, last - first + 1) }
        }
        return free
    }
}
