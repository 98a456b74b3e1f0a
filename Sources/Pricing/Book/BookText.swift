// SPDX-License-Identifier: Apache-2.0
import CPriceBook

/// The bytes of a price book: constant memory of the program, or an array.
enum BookText: Sendable {
    case embedded
    case bytes([UInt8])

    /// Calls a closure with the bytes.
    func withSpan<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch self {
        case .embedded:
            // The memory is a constant of the program: it never moves, changes or ends.
            let buffer = unsafe UnsafeBufferPointer(start: llm_pricebook_bytes(), count: llm_pricebook_size())
            return try body(unsafe buffer.span)
        case .bytes(let bytes):
            return try body(bytes.span)
        }
    }

    /// Whether two texts are the same bytes.
    func isSame(as other: BookText) -> Bool {
        switch (self, other) {
        case (.embedded, .embedded): true
        case (.bytes(let left), .bytes(let right)): left == right
        default: withSpan { Self.copy($0) } == other.withSpan { Self.copy($0) }
        }
    }

    private static func copy(_ span: Span<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(span.count)
        for index in span.indices { bytes.append(span[index]) }
        return bytes
    }

    /// A part of the book as a string.
    func string(in range: Range<Int>) -> String {
        withSpan { $0.string(in: range) }
    }
}

extension Span<UInt8> {
    /// A copy of some bytes as a string; bytes that are not UTF-8 are replaced.
    func string(in range: Range<Int>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        for index in range { bytes.append(self[index]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the bytes at an offset are a text.
    func hasText(_ text: StaticString, at offset: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard offset >= 0, offset + length <= count else { return false }
        let pointer = unsafe text.utf8Start
        for index in 0..<length where unsafe self[offset + index] != pointer[index] { return false }
        return true
    }
}
