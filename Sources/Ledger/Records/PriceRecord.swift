// SPDX-License-Identifier: Apache-2.0
package import GenAI
package import Pricing

/// The prices of calls that were counted in one batch.
package struct PriceRecord: Sendable {
    /// The calls, which earlier decisions have counted.
    package var identities: [SpanIdentity]
    /// The price of each, at the same index.
    package var prices: [RecordedPrices.Price]
    /// The time at which they are counted, in nanoseconds since 1970 (UTC); `nil` without a clock.
    package var arrivalNanoseconds: UInt64?

    static func write(
        _ calls: PricedCalls, _ arrivalNanoseconds: UInt64?, _ texts: SegmentTexts, _ bytes: inout RecordBytes
    ) {
        bytes.append(arrivalNanoseconds ?? 0)
        bytes.append(UInt64(calls.count))
        let (ofBatch, verdicts) = (calls.calls.span, calls.verdicts.span)
        var latest: (card: UInt32, number: UInt32)?
        for index in ofBatch.indices {
            var word = UInt64(verdicts[index].kind.rawValue)
            if let estimate = verdicts[index].estimate { word |= UInt64(estimate.number + 1) << 8 }
            if let reason = verdicts[index].reason { word |= UInt64(reason.index + 1) << 16 }
            if let card = verdicts[index].card {
                if latest?.card != card {
                    latest = texts.number(ofKnown: card, in: calls).map { (card, $0) }
                }
                if let latest { word |= Self.hasCard | UInt64(latest.number) << 32 }
            }
            var record = InlineArray<4, UInt64>(repeating: word)
            record[0] = ofBatch[index].identity.traceIDHigh
            record[1] = ofBatch[index].identity.traceIDLow
            record[2] = ofBatch[index].identity.spanID
            bytes.append(record, count: 4)
        }
    }

    init(_ record: inout RecordReader, _ meanings: borrowing RecordMeanings) throws(MalformedRecord) {
        let arrival = try record.word()
        arrivalNanoseconds = arrival == 0 ? nil : arrival
        (identities, prices) = ([], [])
        let count = try record.count(of: 32)
        identities.reserveCapacity(count)
        prices.reserveCapacity(count)
        for _ in 0..<count {
            let identity = try DecisionRecord.identity(&record)
            let word = try record.word()
            guard let kind = PriceVerdict.Kind(rawValue: UInt8(truncatingIfNeeded: word)) else {
                throw MalformedRecord("a verdict of an unknown kind")
            }
            let (estimate, reason) = (UInt8(truncatingIfNeeded: word >> 8), UInt8(truncatingIfNeeded: word >> 16))
            var price = RecordedPrices.Price(
                kind: kind, estimate: EstimateReason.allCases.first { $0.number + 1 == estimate },
                reason: UnpricedReason.allCases.first { $0.index + 1 == Int(reason) })
            if word & Self.hasCard != 0 {
                price.card = meanings.cards[UInt32(truncatingIfNeeded: word >> 32)]
                if price.card == nil { throw MalformedRecord("a rate card was never defined") }
            }
            identities.append(identity)
            prices.append(price)
        }
    }

    private static let hasCard: UInt64 = 1 << 24
}
