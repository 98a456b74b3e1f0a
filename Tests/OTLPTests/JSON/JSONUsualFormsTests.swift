// SPDX-License-Identifier: Apache-2.0
import TestData
import Testing

@testable import OTLP

/// What is written as most exporters write it is read by comparing bytes; the same bytes are read the same way, name by name.
@Suite struct JSONUsualFormsTests {
    private struct Outcome: Equatable {
        var lines: [String] = []
        var refused = RefusedSpans()
        var error: OTLPError?
    }

    private static let events: Set<String> = ["exception"]

    /// Reads a part of the bytes, with or without a look at the usual forms first.
    private static func read(_ bytes: [UInt8], _ range: Range<Int>? = nil, usualForms: Bool) -> Outcome {
        var reader = JSONTraceRequestReader(
            keys: FirstReader.table(RandomUsualJSON.wanted), events: FirstReader.table(events))
        reader.expectsUsualForms = usualForms
        var (batch, body, outcome) = (SpanBatch(), bytes, Outcome())
        do throws(OTLPError) {
            var text = body.mutableSpan
            try reader.read(range ?? 0..<bytes.count, of: &text, into: &batch)
        } catch {
            outcome.error = error
            return outcome
        }
        outcome.lines = FirstReader.lines(
            batch, body, FirstReader.table(RandomUsualJSON.wanted), FirstReader.table(events))
        outcome.refused = batch.refused
        return outcome
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `spans that vary the usual forms are read like any others`(seed: UInt64) {
        var random = RandomUsualJSON(seed: seed)
        let body = random.body(spans: 24)
        let outcome = Self.read(body, usualForms: true)
        #expect(outcome.error == nil)
        #expect(outcome.lines.count == 24)
        #expect(outcome == Self.read(body, usualForms: false))
    }

    @Test(arguments: 0..<150 as Range<UInt64>)
    func `damaged bodies have the same spans or the same error at the same byte`(seed: UInt64) {
        var random = RandomUsualJSON(seed: seed)
        let sound = random.body(spans: 6)
        for _ in 0..<12 {
            let body = random.damage(sound)
            #expect(Self.read(body, usualForms: true) == Self.read(body, usualForms: false))
        }
    }

    @Test(arguments: 0..<3 as Range<UInt64>)
    func `a body that is cut short at any byte has the same error`(seed: UInt64) {
        var random = RandomUsualJSON(seed: seed)
        let body = random.body(spans: 3)
        for end in body.indices {
            let outcome = Self.read(Array(body[..<end]), usualForms: true)
            #expect(outcome.error != nil)
            #expect(outcome == Self.read(Array(body[..<end]), usualForms: false))
            // Nothing behind the end of the text is read, even if the body goes on.
            #expect(outcome == Self.read(body, 0..<end, usualForms: true))
        }
    }

    @Test func `a body is read the same wherever it begins`() {
        var random = RandomUsualJSON(seed: 4)
        let body = random.body(spans: 4)
        let expected = Self.read(body, usualForms: false).lines
        for start in 0...64 {
            let bytes = Array(repeating: UInt8(ascii: "\""), count: start) + body + Array("\"}}}".utf8)
            #expect(Self.read(bytes, start..<(start + body.count), usualForms: true).lines == expected)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `the end of a text is the first quote, if no backslash is before it`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<80).map { _ in
            let rare = UInt8.random(in: 0...255, using: &random)
            return rare < 2 ? UInt8(ascii: "\"") : rare == 2 ? UInt8(ascii: "\\") : rare
        }
        for end in 16...bytes.count {
            for start in 0...end {
                let hit = bytes[start..<end].firstIndex { [UInt8(ascii: "\""), UInt8(ascii: "\\")].contains($0) }
                let isQuote = hit.map { bytes[$0] == UInt8(ascii: "\"") } ?? false
                // Sound: both lie within the bytes.
                unsafe #expect(bytes.span.quoteOrBackslash(from: start, before: end) == hit ?? end)
                unsafe #expect(bytes.span.endOfPlainText(from: start, before: end) == (isQuote ? hit : -1))
            }
        }
    }

    @Test(arguments: 32...96 as ClosedRange<Int>)
    func `a byte in which two parts differ is found wherever it is`(length: Int) {
        let part = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        for start in [0, 1, 15] {
            let front = [UInt8](repeating: 7, count: start)
            let bytes = front + part + [9] + part + [8]
            // Sound: both parts lie within the bytes.
            unsafe #expect(bytes.span.holdsTwice(start, start + length + 1, length: length))
            for index in 0..<length {
                var other = bytes
                other[start + index] ^= 1 << UInt8(index & 7)
                unsafe #expect(!other.span.holdsTwice(start, start + length + 1, length: length))
            }
        }
    }

    @Test(arguments: ["", "0", "7", "42", "1234567", "/", ":", "9:", "12}", "007", "\u{7F}", "é", "5\u{B2}"])
    func `leading digits are counted up to the first other byte`(text: String) throws {
        let word = (Array(text.utf8) + Array("\"}}]}]}]".utf8)).span.littleEndian64(at: 0)
        let digits = String(text.prefix { $0.isASCII && $0.isNumber })
        let found = try #require(leadingDigits(word))
        #expect(found.count == digits.utf8.count)
        #expect(found.value == UInt64(digits) ?? 0)
        #expect(leadingDigits(Array("12345678".utf8).span.littleEndian64(at: 0)) == nil)
    }
}
