// SPDX-License-Identifier: Apache-2.0

/// Numbers label values, so that a value that many series share is stored once.
///
/// Two texts are the same if their bytes are. For `String`, "é" and "e" with an accent are equal too, and the spelling of a
/// series would depend on which sender came first.
struct LabelTexts: Sendable {
    private var numbers: [ByteText: UInt32] = [:]
    /// Numbers that are free, since their texts were removed.
    private var free: [UInt32] = []
    /// Recently looked-up texts, by some of their bytes: series that are made together share most texts.
    private var recent = [(text: ByteText, number: UInt32)?](repeating: nil, count: 64)

    /// The number of a text; `nil` if no series has it.
    mutating func number(of text: String) -> UInt32? {
        let key = ByteText(text)
        let slot = key.summary & (recent.count - 1)
        if let known = recent[slot], known.text == key { return known.number }
        guard let number = numbers[key] else { return nil }
        recent[slot] = (key, number)
        return number
    }

    /// The number of a text; a new text is appended to `texts`.
    mutating func number(of text: String, appendingTo texts: inout [String]) -> UInt32 {
        if let known = number(of: text) { return known }
        let key = ByteText(text)
        if let number = free.popLast() {
            texts[Int(number)] = text
            numbers[key] = number
            return number
        }
        let number = UInt32(texts.count)
        texts.append(text)
        numbers[key] = number
        return number
    }

    /// Removes a text that no series has.
    mutating func forget(_ number: UInt32, in texts: inout [String]) {
        let key = ByteText(texts[Int(number)])
        numbers[key] = nil
        recent[key.summary & (recent.count - 1)] = nil
        texts[Int(number)] = ""
        free.append(number)
    }
}

/// A text that is compared by its UTF-8 bytes.
struct ByteText: Hashable, Sendable {
    private let text: String

    init(_ text: String) { self.text = text }

    /// A number made of the length, the first byte and the last two: values of one label often differ at the end.
    var summary: Int {
        let bytes = text.utf8.span
        guard bytes.count > 1 else { return bytes.count }
        return bytes.count &* 31 &+ Int(bytes[bytes.count - 1]) &* 7 &+ Int(bytes[bytes.count - 2]) &* 13
            &+ Int(bytes[0])
    }

    static func == (left: ByteText, right: ByteText) -> Bool {
        let (left, right) = (left.text.utf8.span, right.text.utf8.span)
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }

    func hash(into hasher: inout Hasher) {
        // Sound: the bytes are only read, while the text lives. Hashed one by one, they would take most of the time of a new
        // series.
        unsafe text.utf8.span.bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
}
