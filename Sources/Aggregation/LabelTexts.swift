// SPDX-License-Identifier: Apache-2.0

/// Numbers label values, so that a value that many series share is stored once.
///
/// Two texts are the same if their bytes are. For `String`, "é" and "e" with an accent are equal too, and the spelling of a
/// series would depend on which sender came first.
struct LabelTexts: Sendable {
    private var numbers: [ByteText: UInt32] = [:]
    /// Numbers that are free, since their texts were removed.
    private var free: [UInt32] = []

    /// The number of a text; `nil` if no series has it.
    func number(of text: String) -> UInt32? { numbers[ByteText(text)] }

    /// The number of a text; a new text is appended to `texts`.
    mutating func number(of text: String, appendingTo texts: inout [String]) -> UInt32 {
        let key = ByteText(text)
        if let known = numbers[key] { return known }
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
        numbers[ByteText(texts[Int(number)])] = nil
        texts[Int(number)] = ""
        free.append(number)
    }
}

/// A text that is compared by its UTF-8 bytes.
struct ByteText: Hashable, Sendable {
    private let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ByteText, right: ByteText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
