// SPDX-License-Identifier: Apache-2.0

/// The FNV-1a hash of a name, made once for all providers whose models are searched for it.
struct NameHash: Sendable, Equatable {
    private var value: UInt64 = 0xCBF2_9CE4_8422_2325

    init() {}

    init(_ name: [UInt8]) {
        for byte in name { add(byte) }
    }

    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

    /// The slot of the name with a provider in a table whose size is a power of two.
    func slot(provider: UInt16, of size: Int) -> Int {
        let mixed = (value ^ UInt64(provider) &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: mixed >> 32) & (size - 1)
    }
}
