// SPDX-License-Identifier: Apache-2.0
import Pricing

/// A rate card in a definition.
enum CardRecord {
    static func write(_ card: RecordedCard, _ bytes: inout RecordBytes) {
        bytes.append(card.modelID)
        bytes.append(card.provider)
        bytes.append(card.matched)
        bytes.append(card.guess)
        bytes.append(card.region)
        bytes.append(card.hosted)
        bytes.append(card.flags)
        bytes.append(
            UInt64(card.stated) | UInt64(card.missing) << 16 | UInt64(card.estimated) << 32 | UInt64(card.untold) << 48)
        for rate in card.rates { bytes.append(UInt64(bitPattern: rate)) }
        bytes.append(UInt128(bitPattern: card.hourPrice))
        bytes.append(UInt64(card.fees.count))
        for fee in card.fees {
            bytes.append(fee.unit)
            bytes.append(UInt128(bitPattern: fee.price))
        }
    }

    static func read(_ definition: inout RecordReader) throws(MalformedRecord) -> RecordedCard {
        var card = RecordedCard()
        card.modelID = try definition.text()
        card.provider = try definition.text()
        card.matched = try definition.text()
        card.guess = try definition.text()
        card.region = try definition.text()
        card.hosted = try definition.text()
        card.flags = try definition.word()
        let bits = try definition.word()
        card.stated = UInt16(truncatingIfNeeded: bits)
        card.missing = UInt16(truncatingIfNeeded: bits >> 16)
        card.estimated = UInt16(truncatingIfNeeded: bits >> 32)
        card.untold = UInt16(truncatingIfNeeded: bits >> 48)
        for index in card.rates.indices { card.rates[index] = Int64(bitPattern: try definition.word()) }
        card.hourPrice = Int128(bitPattern: try definition.wide())
        for _ in 0..<(try definition.count(of: 24)) {
            let unit = try definition.text()
            card.fees.append((unit, Int128(bitPattern: try definition.wide())))
        }
        return card
    }
}
