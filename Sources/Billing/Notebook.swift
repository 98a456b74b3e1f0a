// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// Span identities that were met, within a bounded memory: the newest are known for certain, older ones are forgotten.
///
/// Identities are kept as 64-bit mixes with a secret salt, in two generations: new ones are written into one, both are
/// asked, and when the one is full it takes the place of the older, which is forgotten. So between one and two times
/// ``capacity`` identities are remembered, and nothing is ever searched for or deleted one by one. At a million
/// remembered identities two different ones agree by chance once in some ten million million look-ups.
///
/// Memory: 16 bytes an identity and generation, touched as identities come.
struct Notebook: ~Copyable {
    /// How many identities a generation holds; a power of two.
    let capacity: Int
    /// How many identities were forgotten.
    private(set) var forgotten: UInt64 = 0

    private var newer: KeySet
    private var older: KeySet
    /// Senders choose the ids, so what they are mixed with is secret: nobody can aim at one slot.
    private let salt: (UInt64, UInt64, UInt64, UInt64)
    /// What ``fetch(_:)`` read; kept only so that the reads are not left out as useless.
    private var fetched: UInt64 = 0

    /// Makes an empty notebook.
    ///
    /// - Parameter capacity: How many identities a generation holds, at least 16; rounded up to a power of two.
    init(capacity: Int) {
        var rounded = 16
        while rounded < capacity { rounded *= 2 }
        self.capacity = rounded
        newer = KeySet(slots: rounded * 2)
        older = KeySet(slots: rounded * 2)
        func secret() -> UInt64 { .random(in: .min ... .max) }
        salt = (secret(), secret(), secret(), secret())
    }

    /// How many identities are remembered.
    var count: Int { newer.count + older.count }

    /// Asks memory for the places of an identity that will be noted soon; changes nothing.
    @inline(__always)
    mutating func fetch(_ identity: SpanIdentity) {
        let key = key(of: identity)
        fetched ^= older.firstWord(for: key) ^ newer.firstWord(for: key)
    }

    /// Notes an identity.
    ///
    /// - Returns: Whether it is new, as far as is remembered.
    mutating func note(_ identity: SpanIdentity) -> Bool {
        let key = key(of: identity)
        guard older.count == 0 || !older.contains(key), newer.insert(key) else { return false }
        if newer.count == capacity {
            forgotten += UInt64(older.count)
            older.removeAll()
            swap(&newer, &older)
        }
        return true
    }

    /// Never 0, which marks a free slot.
    @inline(__always)
    private func key(of identity: SpanIdentity) -> UInt64 {
        let trace = mix64(identity.traceIDHigh ^ salt.0, identity.traceIDLow ^ salt.1)
        let key = mix64(trace ^ salt.2, identity.spanID ^ salt.3)
        return key == 0 ? 1 : key
    }
}
