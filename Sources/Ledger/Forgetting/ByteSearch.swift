// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Finds bytes in bytes.
enum ByteSearch {
    /// How often some bytes occur.
    ///
    /// - Parameters:
    ///   - wanted: What to look for; nothing occurs 0 times.
    ///   - bytes: Where.
    /// - Returns: The number of places, which do not overlap.
    static func count(of wanted: [UInt8], in bytes: [UInt8]) -> Int {
        guard let first = wanted.first, bytes.count >= wanted.count else { return 0 }
        // Sound: both arrays are only read, within the closures that lend them; each place is at least `wanted.count` bytes before
        // the end.
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe wanted.withUnsafeBytes { wanted in
                guard let start = bytes.baseAddress, let text = wanted.baseAddress else { return 0 }
                var (offset, count) = (0, 0)
                while offset + wanted.count <= bytes.count,
                    let place = unsafe memchr(start + offset, Int32(first), bytes.count - wanted.count - offset + 1)
                {
                    let isFound = unsafe memcmp(place, text, wanted.count) == 0
                    if isFound { count += 1 }
                    offset = unsafe UnsafeRawPointer(place) - start + (isFound ? wanted.count : 1)
                }
                return count
            }
        }
    }

    /// Whether some bytes occur where no letter or digit goes on before or after them.
    ///
    /// - Parameters:
    ///   - wanted: What to look for; nothing is nowhere.
    ///   - bytes: Where. All bytes of characters that are not ASCII count as letters.
    ///   - isAfterOthers: Whether unknown bytes come before, so that a place at the beginning does not count.
    ///   - isBeforeOthers: Whether unknown bytes follow, so that a place at the end does not count.
    /// - Returns: Whether they do.
    static func hasWord(
        _ wanted: [UInt8], in bytes: [UInt8], isAfterOthers: Bool = false, isBeforeOthers: Bool = false
    ) -> Bool {
        guard let first = wanted.first, let last = wanted.last else { return false }
        let (lowest, highest) = (isAfterOthers ? 1 : 0, bytes.count - wanted.count - (isBeforeOthers ? 1 : 0))
        guard lowest <= highest else { return false }
        return (lowest...highest).contains { start in
            let end = start + wanted.count
            return bytes[start] == first && bytes[start..<end].elementsEqual(wanted)
                && !(start > 0 && isLetter(bytes[start - 1]) && isLetter(first))
                && !(end < bytes.count && isLetter(last) && isLetter(bytes[end]))
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
            true
        default: false
        }
    }
}
