// SPDX-License-Identifier: Apache-2.0

/// The head of a file in a tar archive: the form `ustar`, with GNU's number for files of 8 GiB and more.
///
/// - SeeAlso: POSIX.1-1988 for the form; GNU tar, "Basic Tar Format", for larger numbers.
struct TarHeader {
    /// The name in the archive, at most 100 bytes.
    var name: String
    var bytes: Int
    var mode: UInt32
    var user: UInt32
    var group: UInt32
    /// Seconds since 1970 (UTC).
    var modified: Int

    /// Everything in an archive fills blocks of this many bytes.
    static let blockBytes = 512

    /// The zeros behind the last file.
    static let end = [UInt8](repeating: 0, count: 2 * blockBytes)

    /// The zeros that fill the last block of a file.
    static func filling(_ bytes: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: (blockBytes - bytes % blockBytes) % blockBytes)
    }

    /// The block in front of the content.
    var block: [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.blockBytes)
        func put(_ text: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in text.enumerated() { block[offset + index] = byte }
        }
        put(Array(name.utf8.prefix(100)), at: 0)
        put(Self.number(Int(mode), digits: 7), at: 100)
        put(Self.number(Int(user), digits: 7), at: 108)
        put(Self.number(Int(group), digits: 7), at: 116)
        put(Self.number(bytes, digits: 11), at: 124)
        put(Self.number(modified, digits: 11), at: 136)
        // The checksum counts its own place as spaces.
        put([UInt8](repeating: UInt8(ascii: " "), count: 8), at: 148)
        block[156] = UInt8(ascii: "0")
        put("ustar\u{0}00".utf8, at: 257)
        let sum = block.reduce(0) { $0 + Int($1) }
        put(Self.number(sum, digits: 6) + [0, UInt8(ascii: " ")], at: 148)
        return block
    }

    /// A number in octal digits; if it has too many of them, in bytes behind a first one that is 128.
    private static func number(_ value: Int, digits: Int) -> [UInt8] {
        let text = String(max(0, value), radix: 8)
        if text.utf8.count <= digits {
            return Array(String(repeating: "0", count: digits - text.utf8.count).utf8) + text.utf8
        }
        return [128]
            + (0..<digits).map { index in
                let shift = 8 * (digits - 1 - index)
                return shift < 64 ? UInt8(truncatingIfNeeded: value >> shift) : 0
            }
    }
}
