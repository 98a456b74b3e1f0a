// SPDX-License-Identifier: Apache-2.0
import GenAI

/// A set of values of dimensions in a definition.
///
/// Each value is one word and its text: the number of the dimension, the ranks of its sources, and the length of the text.
enum DimensionRecord {
    static func define(
        _ set: DimensionSet, _ table: DimensionTable, _ texts: inout SegmentTexts, _ bytes: inout RecordBytes
    ) {
        if texts.isFirstSet() {
            for (rule, name) in table.rules.map(\.name).enumerated() {
                bytes.append(RecordTexts.Kind.dimension.rawValue, UInt32(rule))
                bytes.append(name)
            }
        }
        bytes.append(RecordTexts.Kind.dimensions.rawValue, set.number)
        let count = bytes.count
        bytes.append(0 as UInt64)
        var values: UInt64 = 0
        table.forEachRecorded(set) { rule, own, offer, isHashed, text in
            values += 1
            var word = UInt64(rule & 0xFFFF) | UInt64(own) << 16
            word |= UInt64(offer) << 24 | (isHashed ? hashed : 0) | UInt64(text.count) << 48
            bytes.append(word)
            bytes.append(filled: text)
        }
        bytes.set(values, at: count)
    }

    static func read(
        _ definition: inout RecordReader, _ names: [UInt32: String]
    ) throws(MalformedRecord) -> [DimensionTable.RecordedValue] {
        var values: [DimensionTable.RecordedValue] = []
        for _ in 0..<(try definition.count(of: 8)) {
            let word = try definition.word()
            guard let name = names[UInt32(word & 0xFFFF)] else {
                throw MalformedRecord("a dimension was never defined")
            }
            values.append(
                DimensionTable.RecordedValue(
                    name: name, own: UInt8(truncatingIfNeeded: word >> 16),
                    offer: UInt8(truncatingIfNeeded: word >> 24), isHashed: word & hashed != 0,
                    text: try definition.text(of: Int(word >> 48))))
        }
        return values
    }

    private static let hashed: UInt64 = 1 << 32
}
