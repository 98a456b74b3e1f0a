// SPDX-License-Identifier: Apache-2.0

extension SpanRecord {
    /// The index in ``JSONNames/ofSpan`` of the first member that ``readPlainMembers(at:before:in:expecting:)`` does not read.
    static var plainMembers: Int { 7 }

    /// Reads the members before the attributes, in the order and form in which exporters write them: ids in hexadecimal digits,
    /// times as 19 digits in quotes, without white space and escapes.
    ///
    /// It compares the text between the values in words, and ends before the first member that is written in another way.
    ///
    /// - Parameters:
    ///   - start: Where the name of a member begins.
    ///   - end: The end of the JSON text; the caller guarantees that it is within the body.
    ///   - body: The body's bytes.
    ///   - next: The index in ``JSONNames/ofSpan`` of the member that is expected; afterwards, of the one behind those read.
    /// - Returns: The offset behind the last member; `start` if none was read.
    @unsafe @inline(never)
    mutating func readPlainMembers(
        at start: Int, before end: Int, in body: Span<UInt8>, expecting next: inout Int
    ) -> Int {
        // Sound: no member reads more than 64 bytes without looking for the end again.
        var (offset, behind) = (start, start)

        /// Whether another member follows, which the offset is at then.
        @inline(__always) func step(to member: Int, _ length: Int) -> Bool {
            next = member
            behind = offset &+ length
            guard end &- behind >= 65, unsafe body.uncheckedHalfWord(at: behind) == Self.commaAndQuote else {
                return false
            }
            offset = behind &+ 1
            return true
        }
        guard end &- offset >= 64 else { return start }

        if next == 0 {
            guard unsafe body.uncheckedWord(at: offset) == Self.traceName,
                unsafe body.uncheckedWord(at: offset &+ 3) == Self.traceNameEnd,
                let high = body.hex64(at: offset &+ 11), let low = body.hex64(at: offset &+ 27),
                unsafe body[unchecked: offset &+ 43] == JSONByte.quote
            else { return behind }
            (traceIDHigh, traceIDLow) = (high, low)
            guard step(to: 1, 44) else { return behind }
        }
        if next == 1 {
            guard unsafe body.uncheckedWord(at: offset) == Self.spanName,
                unsafe body.uncheckedHalfWord(at: offset &+ 8) == Self.colonAndQuote,
                let id = body.hex64(at: offset &+ 10), unsafe body[unchecked: offset &+ 26] == JSONByte.quote
            else { return behind }
            spanID = id
            guard step(to: 2, 27) else { return behind }
        }
        // A root has no parent, or an empty one.
        if next == 2, unsafe body.uncheckedWord(at: offset) == Self.parentName,
            unsafe body.uncheckedWord(at: offset &+ 8) == Self.parentNameEnd
        {
            if unsafe body[unchecked: offset &+ 16] == JSONByte.quote {
                parentSpanID = 0
                guard step(to: 3, 17) else { return behind }
            } else {
                guard let id = body.hex64(at: offset &+ 16), unsafe body[unchecked: offset &+ 32] == JSONByte.quote
                else {
                    return behind
                }
                parentSpanID = id
                guard step(to: 3, 33) else { return behind }
            }
        }
        if next == 2 || next == 3 {
            guard unsafe body.uncheckedWord(at: offset) == Self.nameName else { return behind }
            let quote = unsafe body.endOfPlainText(from: offset &+ 8, before: end)
            guard quote >= 0 else { return behind }
            name = ByteRange(offset: offset &+ 8, length: quote &- offset &- 8)
            guard step(to: 4, quote &+ 1 &- offset) else { return behind }
        }
        if next == 4 {
            guard unsafe body.uncheckedWord(at: offset) << 8 == Self.kindName << 8,
                let (kind, length) = unsafe Self.kind(at: offset &+ 7, in: body)
            else { return behind }
            self.kind = kind
            guard step(to: 5, 7 &+ length) else { return behind }
        }
        if next == 5 {
            guard unsafe body.uncheckedWord(at: offset) == Self.startName,
                unsafe body.uncheckedWord(at: offset &+ 8) == Self.startNameMiddle,
                unsafe body.uncheckedWord(at: offset &+ 13) == Self.timeNameEnd,
                let time = unsafe body.nanoseconds(at: offset &+ 21)
            else { return behind }
            startNanoseconds = Outside(time)
            guard step(to: 6, 41) else { return behind }
        }
        if next == 6 {
            guard unsafe body.uncheckedWord(at: offset) == Self.endName,
                unsafe body.uncheckedWord(at: offset &+ 8) == Self.endNameMiddle,
                unsafe body.uncheckedWord(at: offset &+ 11) == Self.timeNameEnd,
                let time = unsafe body.nanoseconds(at: offset &+ 19)
            else { return behind }
            endNanoseconds = Outside(time)
            _ = step(to: 7, 39)
        }
        return behind
    }

    /// The kind of a span, as one digit or by its name, and the number of its bytes.
    @unsafe @inline(__always)
    private static func kind(at offset: Int, in body: Span<UInt8>) -> (SpanKind, length: Int)? {
        let digit = unsafe body[unchecked: offset] &- JSONByte.zero
        if digit <= 9 {
            // Only a comma may follow here; the general reader takes any other end.
            guard unsafe body[unchecked: offset &+ 1] == JSONByte.comma else { return nil }
            return (SpanKind(number: UInt64(digit)), 1)
        }
        guard unsafe body.uncheckedWord(at: offset) == kindWord,
            unsafe body.uncheckedWord(at: offset &+ 3) == kindWordEnd
        else { return nil }
        let word = unsafe body.uncheckedWord(at: offset &+ 11)
        if word == client { return (.client, 18) }
        if word == server { return (.server, 18) }
        guard unsafe body[unchecked: offset &+ 19] == JSONByte.quote else { return nil }
        return switch word {
        case internalWork: (.internalWork, 20)
        case producer: (.producer, 20)
        case consumer: (.consumer, 20)
        default: nil
        }
    }

    private static var commaAndQuote: UInt16 { 0x222C }
    private static var colonAndQuote: UInt16 { 0x223A }

    // Eight characters each, as they are loaded from a body.

    private static var traceName: UInt64 { 0x6449_6563_6172_7422 }  // "traceId
    private static var traceNameEnd: UInt64 { 0x223A_2264_4965_6361 }  // aceId":"
    private static var spanName: UInt64 { 0x2264_496E_6170_7322 }  // "spanId"
    private static var parentName: UInt64 { 0x5374_6E65_7261_7022 }  // "parentS
    private static var parentNameEnd: UInt64 { 0x223A_2264_496E_6170 }  // panId":"
    private static var nameName: UInt64 { 0x223A_2265_6D61_6E22 }  // "name":"
    private static var kindName: UInt64 { 0x003A_2264_6E69_6B22 }  // "kind":
    private static var kindWord: UInt64 { 0x494B_5F4E_4150_5322 }  // "SPAN_KI
    private static var kindWordEnd: UInt64 { 0x5F44_4E49_4B5F_4E41 }  // AN_KIND_
    private static var startName: UInt64 { 0x6954_7472_6174_7322 }  // "startTi
    private static var startNameMiddle: UInt64 { 0x614E_7869_6E55_656D }  // meUnixNa
    private static var endName: UInt64 { 0x656D_6954_646E_6522 }  // "endTime
    private static var endNameMiddle: UInt64 { 0x6F6E_614E_7869_6E55 }  // UnixNano
    private static var timeNameEnd: UInt64 { 0x223A_226F_6E61_4E78 }  // xNano":"
    private static var internalWork: UInt64 { 0x4C41_4E52_4554_4E49 }  // INTERNAL
    private static var server: UInt64 { 0x2C22_5245_5652_4553 }  // SERVER",
    private static var client: UInt64 { 0x2C22_544E_4549_4C43 }  // CLIENT",
    private static var producer: UInt64 { 0x5245_4355_444F_5250 }  // PRODUCER
    private static var consumer: UInt64 { 0x5245_4D55_534E_4F43 }  // CONSUMER
}

extension Span<UInt8> {
    /// A time of 19 digits that a quote follows, the first one not 0; `nil` for any other.
    ///
    /// - Parameter offset: The index of the first digit; the caller guarantees that 20 bytes follow.
    /// - Returns: The number, which 64 bits hold.
    @unsafe @inline(__always)
    fileprivate func nanoseconds(at offset: Int) -> UInt64? {
        guard let high = unsafe eightDigits(uncheckedWord(at: offset)),
            let middle = unsafe eightDigits(uncheckedWord(at: offset &+ 8)),
            let low = unsafe leadingDigits(uncheckedWord(at: offset &+ 16)), low.count == 3,
            unsafe self[unchecked: offset &+ 19] == JSONByte.quote, unsafe self[unchecked: offset] != JSONByte.zero
        else { return nil }
        return high &* 100_000_000_000 &+ middle &* 1_000 &+ low.value
    }
}
