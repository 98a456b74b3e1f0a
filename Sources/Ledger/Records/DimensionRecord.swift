// SPDX-License-Identifier: Apache-2.0
import GenAI

/// A set of values of dimensions in a definition.
///
/// Each value is one word and its text: the number of the dimension, the ranks of its sources, and the length of the text.
///
/// There may be as many sessions as there are calls. So a set with a session is one word and the text of the session: the number of
/// its base, and the length of the text. A base is defined as a set whose session has no text. Formats 1 and 2 have no bases.
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
        guard let base = table.readSession(of: set, into: &texts.session) else {
            return defineBase(set.number, table, &bytes)
        }
        if texts.isNew(setOrBase: base) { defineBase(base, table, &bytes) }
        bytes.append(RecordTexts.Kind.session.rawValue, set.number)
        bytes.append(UInt64(base) | UInt64(texts.session.count) << 48)
        bytes.append(filled: texts.session)
    }

    private static func defineBase(_ number: UInt32, _ table: DimensionTable, _ bytes: inout RecordBytes) {
        bytes.append(RecordTexts.Kind.dimensions.rawValue, number)
        let count = bytes.count
        bytes.append(0 as UInt64)
        var values: UInt64 = 0
        table.forEachOfBase(number) { rule, own, offer, isHashed, text in
            values += 1
            var word = UInt64(rule & 0xFFFF) | UInt64(own) << 16
            word |= UInt64(offer) << 24 | (isHashed ? hashed : 0)
            word |= text.map { UInt64($0.count) << 48 } ?? session
            bytes.append(word)
            if let text { bytes.append(filled: text) }
        }
        bytes.set(values, at: count)
    }

    /// Reads the values of a set, or of a base.
    ///
    /// - Returns: The values; of a base also the index of the session, whose text each of its sets has.
    static func read(
        _ definition: inout RecordReader, _ names: [UInt32: String]
    ) throws(MalformedRecord) -> (values: [DimensionTable.RecordedValue], session: Int?) {
        var found: Int?
        var values: [DimensionTable.RecordedValue] = []
        for _ in 0..<(try definition.count(of: 8)) {
            let word = try definition.word()
            if word & session != 0 { found = values.count }
            guard let name = names[UInt32(word & 0xFFFF)] else {
                throw MalformedRecord("a dimension was never defined")
            }
            values.append(
                DimensionTable.RecordedValue(
                    name: name, own: UInt8(truncatingIfNeeded: word >> 16),
                    offer: UInt8(truncatingIfNeeded: word >> 24), isHashed: word & hashed != 0,
                    text: try definition.text(of: Int(word >> 48))))
        }
        return (values, found)
    }

    private static let hashed: UInt64 = 1 << 32
    /// The bit of a value that is the session of a base, and has no text.
    static let session: UInt64 = 1 << 33
}
