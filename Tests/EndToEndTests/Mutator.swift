// SPDX-License-Identifier: Apache-2.0

/// Breaks bodies in ways that follow from a seed alone.
struct Mutator {
    /// SplitMix64's state.
    private var state: UInt64

    /// Bytes that readers of the format break on.
    private let breaking: [UInt8]

    init(seed: UInt64, breaking: [UInt8]) {
        state = seed
        self.breaking = breaking
    }

    /// A number from 0 up to, not including, `bound`.
    mutating func number(below bound: Int) -> Int { bound > 0 ? Int(next() % UInt64(bound)) : 0 }

    /// Breaks a body once to four times.
    mutating func mutate(_ body: [UInt8], splicing other: [UInt8]) -> [UInt8] {
        var bytes = body
        for _ in 0...number(below: 4) { mutateOnce(&bytes, other) }
        return bytes
    }

    private mutating func mutateOnce(_ bytes: inout [UInt8], _ other: [UInt8]) {
        let place = number(below: bytes.count)
        switch number(below: 7) {
        case 0: bytes.removeSubrange(place...)
        case 1 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(number(below: 8))
        case 2 where !bytes.isEmpty: bytes[place] = breaking[number(below: breaking.count)]
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + number(below: 64)))
        case 4:
            bytes.insert(contentsOf: (0...number(below: 16)).map { _ in UInt8(truncatingIfNeeded: next()) }, at: place)
        case 5: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + number(below: 512))], at: place)
        default: bytes.replaceSubrange(place..., with: other.dropFirst(number(below: other.count)))
        }
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
