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

    /// Removes the values of a dimension.
    mutating func remove(_ rule: Int) { values.removeAll { Int($0.rule) == rule } }

    /// The index of the session, if the set has exactly one.
    func session(_ rule: Int?) -> Int? {
        guard let rule, let first = values.firstIndex(where: { Int($0.rule) == rule }) else { return nil }
        return first + 1 < values.count && Int(values[first + 1].rule) == rule ? nil : first
    }

    /// The identity of the set.
    ///
    /// - Parameter rule: The dimension that is kept apart.
    /// - Returns: The identity.
    func identity(session rule: Int?) -> DimensionIdentity {
        let session = session(rule)
        var identity = DimensionIdentity()
        for (index, value) in values.enumerated() {
            if index == session {
                identity.addSession(value.rule, value.own, value.offer, value.hash)
            } else {
                identity.add(value.rule, value.own, value.offer, value.hash)
            }
        }
        return identity
    }
}

/// The hash of a set, from the hashes of its values in any order; equal for equal sets.
///
/// There may be as many sessions as there are calls. So the session is kept apart: sets that differ only in the session share one
/// base.
struct DimensionIdentity {
    /// The hash without the text of a session.
    private(set) var base: UInt64 = 0x2545_F491_4F6C_DD1D
    /// The hash of the text of the session; `nil` without one.
    private(set) var session: UInt64?

    /// The hash of everything.
    @inline(__always)
    var hash: UInt64 { session.map { Self.hash(ofBase: base, session: $0) } ?? base }

    /// The hash of a set with a session.
    @inline(__always)
    static func hash(ofBase base: UInt64, session: UInt64) -> UInt64 {
        mix64(base ^ session, 0x8EBC_6AF0_9C88_C6E3)
    }

    /// Adds a value.
    @inline(__always)
    mutating func add(_ rule: UInt8, _ own: UInt8, _ offer: UInt8, _ text: UInt64) {
        add(Self.part(rule, own, offer, text))
    }

    /// Adds the session.
    @inline(__always)
    mutating func addSession(_ rule: UInt8, _ own: UInt8, _ offer: UInt8, _ text: UInt64) {
        add(Self.part(rule, own, offer, 0))
        session = text
    }

    /// Adds parts.
    @inline(__always)
    mutating func add(_ parts: UInt64) { base &+= parts }

    /// Removes a part.
    @inline(__always)
    mutating func remove(_ part: UInt64) { base &-= part }

    /// The part of a value in the hash.
    @inline(__always)
    static func part(_ rule: UInt8, _ own: UInt8, _ offer: UInt8, _ text: UInt64) -> UInt64 {
        let use = UInt64(rule) << 16 | UInt64(own) << 8 | UInt64(offer)
        return mix64(mix64(use ^ 0x1D8E_4E27_C47D_124F, 0xA076_1D64_78BD_642F) ^ text, 0xE703_7ED1_A0B4_28DB)
    }
}
