// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The keys of the newest generation of texts, by hash.
struct NewestTextKeys {
    private struct Hash: WordKey {
        let value: UInt32

        @inline(__always)
        func hash(_ salt: UInt64) -> UInt64 { mix64(UInt64(value) ^ salt, 0xA076_1D64_78BD_642F) }
    }

    private var hashes = KeyTable<Hash>()
    /// By the number of a hash: its first key.
    private var first: [UInt64] = []
    /// Further keys with hashes that others have, too: about one in a generation, since no sender can aim at equal hashes.
    private var others: [UInt64] = []

    /// All keys, in no order.
    var words: [UInt64] { first + others }

    /// Prefetches what the look-up of a hash begins with.
    @inline(__always)
    func fetch(_ hash: UInt32) { hashes.fetch(Hash(value: hash)) }

    /// The keys with a hash.
    func words(ofHash hash: UInt32) -> [UInt64] {
        guard let number = hashes.known(Hash(value: hash)) else { return [] }
        return [first[number]] + others.filter { PackedKeys.hash(ofKey: $0) == hash }
    }

    mutating func append(_ key: UInt64) {
        let isNew = hashes.number(of: Hash(value: PackedKeys.hash(ofKey: key))).isNew
        if isNew { first.append(key) } else { others.append(key) }
    }

    mutating func remove(_ gone: Set<UInt64>) {
        guard !gone.isEmpty else { return }
        let left = words.filter { !gone.contains($0) }
        self = NewestTextKeys()
        for key in left { append(key) }
    }
}
