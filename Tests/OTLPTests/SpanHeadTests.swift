// SPDX-License-Identifier: Apache-2.0
import OTLP
import TestData
import Testing

/// The fields before the attributes of a span, in the usual form and in all others.
@Suite struct SpanHeadTests {
    private static let writer = TraceRequestWriter()
    /// A field that no schema knows; behind it a reader takes a span field by field.
    private static let unknownField = writer.tag(31, 0) + [0]

    /// A span as far as it does not depend on where it is; `nil` if the reader refuses the body.
    private static func read(_ message: [UInt8]) -> [String]? {
        let body = writer.field(1, writer.field(2, writer.field(2, message)))
        var batch = SpanBatch()
        guard (try? TraceRequestReader(keys: AttributeKeys()).read(body.span, into: &batch)) != nil else { return nil }
        return batch.spans.map { span in
            "\(span.traceIDHigh) \(span.traceIDLow) \(span.spanID) \(span.parentSpanID) \(span.name.text(in: body.span)) "
                + "\(span.kind) \(span.startNanoseconds) \(span.endNanoseconds) \(span.status)"
        } + ["\(batch.refused.total) refused"]
    }

    /// The fields of a span in the usual order, some of them in another form, left out or sent twice.
    private static func fields(_ random: inout SeededGenerator) -> [[UInt8]] {
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() | 1) } }
        func time() -> [UInt8] { bytes(8) }
        let w = writer
        let idLength = [8, 8, 8, 8, 0, 7, 16].randomElement(using: &random) ?? 8
        let nameLength = [0, 5, 30, 127, 128, 200].randomElement(using: &random) ?? 5
        let kind: [UInt8] =
            [[0], [3], [5], [9], [0x83, 0x00], [0x85, 0x80, 0x01]].randomElement(using: &random) ?? [3]
        var fields = [
            w.field(1, bytes([16, 16, 16, 15].randomElement(using: &random) ?? 16)), w.field(2, bytes(8)),
            w.field(4, bytes(idLength)), w.field(5, (0..<nameLength).map { _ in 0x61 }), w.tag(6, 0) + kind,
            w.tag(7, 1) + time(), w.tag(8, 1) + time(),
        ]
        switch Int.random(in: 0..<8, using: &random) {
        case 0: fields.shuffle(using: &random)
        case 1: fields.remove(at: Int.random(in: 0..<fields.count, using: &random))
        case 2: fields.append(fields[Int.random(in: 0..<fields.count, using: &random)])
        case 3: fields.append(w.field(4, bytes(8)))
        case 4: fields.insert(w.field(3, bytes(12)), at: 2)
        case 5: fields.append(w.field(15, w.tag(3, 0) + [2]))
        default: break
        }
        return fields
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `a span is the same whether its fields are read together or one by one`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let message = Self.fields(&random).flatMap(\.self)
        #expect(Self.read(message) == Self.read(Self.unknownField + message))
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `a span that is cut short or damaged is the same both ways`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let message = Self.fields(&random).flatMap(\.self)
        for length in 0..<message.count {
            let cut = Array(message[..<length])
            #expect(Self.read(cut) == Self.read(Self.unknownField + cut))
            var damaged = message
            damaged[length] ^= UInt8(truncatingIfNeeded: random.next() | 1)
            #expect(Self.read(damaged) == Self.read(Self.unknownField + damaged))
        }
    }

    @Test func `the root of a sender that writes an empty parent is a root`() throws {
        let w = Self.writer
        let message =
            w.field(1, [UInt8](1...16)) + w.field(2, [UInt8](1...8)) + w.field(4, []) + w.field(5, Array("POST".utf8))
        let read = try #require(Self.read(message)?.first)
        #expect(read.hasPrefix("72623859790382856 651345242494996240 72623859790382856 0 POST "))
    }
}
