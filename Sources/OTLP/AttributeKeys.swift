// SPDX-License-Identifier: Apache-2.0

/// The number of an attribute key that somebody asked for; see ``AttributeKeys``.
package typealias AttributeKeyID = UInt16

/// The attribute keys that are wanted from spans; every other attribute is passed over by its length.
///
/// Keys are numbered in the order in which they were first asked for. Looking one up compares bytes and makes no string.
package struct AttributeKeys: Sendable {
    /// The keys by number.
    package private(set) var names: [String] = []

    private var text: [UInt8] = []
    private var places: [Range<Int>] = []
    /// A power of two of slots, at most a quarter full; a key's number + 1, or 0 where there is none.
    private var slots: [UInt16] = Array(repeating: 0, count: 64)

    /// A table that wants nothing yet.
    package init() {}

    /// The number of a key, which is wanted from now on.
    ///
    /// - Parameter name: The attribute's key; at most 65,535 different ones may be asked for.
    package mutating func id(of name: String) -> AttributeKeyID {
        let bytes = Array(name.utf8)
        if let known = find(in: bytes.span, at: 0, length: bytes.count) { return known }
        precondition(names.count < 65_535, "more attribute keys than a number can tell apart")
        names.append(name)
        places.append(text.count..<text.count + bytes.count)
        text += bytes
        if names.count * 4 > slots.count {
            slots = Array(repeating: 0, count: slots.count * 2)
            for number in names.indices { insert(number) }
        } else {
            insert(names.count - 1)
        }
        return AttributeKeyID(names.count - 1)
    }

    /// The number of the key that stands in a body, or `nil` when nobody wants it.
    @inline(__always)
    func find(in bytes: Span<UInt8>, at offset: Int, length: Int) -> AttributeKeyID? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: bytes.hash(at: offset, length: length, salt: 0)) & mask
        while true {
            let entry = slots[slot]
            guard entry != 0 else { return nil }
            let place = places[Int(entry) - 1]
            if place.count == length, bytes.matches(text.span.extracting(place), at: offset) { return entry - 1 }
            slot = (slot + 1) & mask
        }
    }

    private mutating func insert(_ number: Int) {
        let mask = slots.count - 1
        let place = places[number]
        var slot =
            Int(truncatingIfNeeded: text.span.hash(at: place.lowerBound, length: place.count, salt: 0)) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt16(number + 1)
    }
}
