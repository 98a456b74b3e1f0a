// SPDX-License-Identifier: Apache-2.0

/// The numbers of label values: a label value that many series share is kept once.
///
/// Two texts are the same when their bytes are. `String` would also take "é" and "e" with an accent for one, and the
/// spelling of the series would depend on who came first.
struct LabelTexts: Sendable {
    private var numbers: [ByteText: UInt32] = [:]
    /// Numbers whose texts were forgotten.
    private var free: [UInt32] = []

    /// The number of a text, or `nil` when no series has it.
    func number(of text: String) -> UInt32? { numbers[ByteText(text)] }

    /// The number of a text, which is appended to the texts when it is new.
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

    /// Forgets a text that no series has any more.
    mutating func forget(_ number: UInt32, in texts: inout [String]) {
        numbers[ByteText(texts[Int(number)])] = nil
        texts[Int(number)] = ""
        free.append(number)
    }
}

/// A text that equals another when their UTF-8 bytes do.
struct ByteText: Hashable, Sendable {
    private let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ByteText, right: ByteText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
