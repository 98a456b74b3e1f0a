// SPDX-License-Identifier: Apache-2.0

/// Sets of values of one age: their numbers follow each other, and they are forgotten together.
struct DimensionGeneration: Sendable {
    /// A value of a set: a text, and what it is good for.
    struct Value: Sendable {
        /// The dimension.
        var rule: UInt8
        /// The rank of the source that gave the span's own value; `.max` if it is none.
        var own: UInt8
        /// The rank of the source by which descendants may inherit the value; `.max` if they may not.
        var offer: UInt8
        /// The number of the text.
        var text: UInt32
    }

    /// The number of its first set.
    let first: UInt32
    /// When it got its last set and the next generation began, in nanoseconds of the table's clock.
    var ended: UInt64 = 0
    private var sets = HashIndex()
    /// By set, where its values end.
    private var ends: [UInt32] = []
    private var values: [Value] = []
    private var texts = HashIndex()
    /// By text, where its bytes end.
    private var textEnds: [UInt32] = []
    private var bytesOfTexts: [UInt8] = []

    /// Makes an empty generation.
    ///
    /// - Parameter first: The number of its first set.
    init(first: UInt32) { self.first = first }

    /// The number of sets.
    var count: Int { ends.count }

    /// The bytes of memory that its sets need.
    var bytes: Int {
        sets.count * (HashIndex.entryBytes + 4) + values.count * MemoryLayout<Value>.stride
            + texts.count * (HashIndex.entryBytes + 4) + bytesOfTexts.count
    }

    /// The index of a set; `nil` if it is not here.
    func index(of identity: UInt64) -> UInt32? { sets.number(of: identity) }

    /// The values of a set, ordered by dimension.
    func values(of index: Int) -> ArraySlice<Value> {
        values[(index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])]
    }

    /// The hash of a text.
    func hash(of text: UInt32) -> UInt64 { texts.hashes[Int(text)] }

    /// The bytes of a text.
    func bytes(of text: UInt32) -> ArraySlice<UInt8> {
        bytesOfTexts[(text == 0 ? 0 : Int(textEnds[Int(text) - 1]))..<Int(textEnds[Int(text)])]
    }

    /// The number of a text, which is added if it is new.
    mutating func text(_ hash: UInt64, _ bytes: ArraySlice<UInt8>) -> UInt32 {
        if let known = texts.number(of: hash) { return known }
        bytesOfTexts += bytes
        textEnds.append(UInt32(bytesOfTexts.count))
        return texts.append(hash)
    }

    /// Adds a value to the set that is added next.
    mutating func append(_ value: Value) { values.append(value) }

    /// Adds a set with the values since the last one.
    ///
    /// - Returns: Its index.
    mutating func append(_ identity: UInt64) -> UInt32 {
        ends.append(UInt32(values.count))
        return sets.append(identity)
    }
}
