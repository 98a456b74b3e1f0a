// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The values of a set that a ``DimensionTable`` may not have yet.
struct DimensionDraft: Sendable {
    /// A value, with the same ranks as ``DimensionGeneration/Value``.
    struct Value: Sendable {
        var rule: UInt8
        var own: UInt8
        var offer: UInt8
        /// The salted hash of the text.
        var hash: UInt64
        /// Where the text is among ``bytes``.
        var range: Range<Int>
    }

    /// The values, ordered by dimension.
    private(set) var values: [Value] = []
    /// The texts.
    private(set) var bytes: [UInt8] = []

    /// Removes everything and keeps the memory.
    mutating func removeAll() {
        values.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Adds a value.
    mutating func append(rule: UInt8, own: UInt8, offer: UInt8, hash: UInt64, _ text: some Collection<UInt8>) {
        let start = bytes.count
        bytes += text
        values.append(Value(rule: rule, own: own, offer: offer, hash: hash, range: start..<bytes.count))
    }

    /// The identity of the set.
    var identity: UInt64 {
        var identity = DimensionIdentity()
        for value in values { identity.add(value.rule, value.own, value.offer, value.hash) }
        return identity.hash
    }
}

/// The hash of a set, from the hashes of its values; equal for equal sets.
struct DimensionIdentity {
    private(set) var hash: UInt64 = 0x2545_F491_4F6C_DD1D

    /// Adds a value; the values of a set are always added in the same order.
    @inline(__always)
    mutating func add(_ rule: UInt8, _ own: UInt8, _ offer: UInt8, _ text: UInt64) {
        let use = UInt64(rule) << 16 | UInt64(own) << 8 | UInt64(offer)
        hash = mix64(hash ^ use, 0xA076_1D64_78BD_642F)
        hash = mix64(hash ^ text, 0xE703_7ED1_A0B4_28DB)
    }
}
