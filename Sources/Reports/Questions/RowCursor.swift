// SPDX-License-Identifier: Apache-2.0
import Notation

/// The place in an answer at which its next page begins.
///
/// It has the period of the first page, since `now` is another time by then, and belongs to one question.
package struct RowCursor: Sendable, Equatable {
    /// The number of rows before the page.
    package var offset: Int
    package var minutes: Range<Int64>
    /// Identifies the question, without cursor, limit and format.
    var question: UInt32

    /// The largest number of rows before a page.
    static let mostRows = 10_000_000

    init(offset: Int, minutes: Range<Int64>, question: UInt32) {
        (self.offset, self.minutes, self.question) = (offset, minutes, question)
    }

    /// The cursor as text for a URL.
    package var text: String {
        var numbers = [UInt64(offset), UInt64(minutes.lowerBound), UInt64(minutes.upperBound), UInt64(question)]
        numbers.append(UInt64(Self.check(numbers)))
        return numbers.map { String($0, radix: 36) }.joined(separator: "-")
    }

    /// Reads the parameter `cursor`.
    ///
    /// - Parameters:
    ///   - parameters: The parameters of the question.
    ///   - question: Identifies the question.
    /// - Returns: The cursor; `nil` for a question without one.
    /// - Throws: ``QuestionError`` for a text that no answer has given, and for the cursor of another question.
    static func read(_ parameters: QuestionParameters, question: UInt32) throws(QuestionError) -> RowCursor? {
        guard let text = try parameters.text("cursor") else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { UInt64($0, radix: 36) }
        guard parts.count == 5, numbers.count == 5, numbers[4] == UInt64(check(Array(numbers.prefix(4)))),
            let offset = Int(exactly: numbers[0]), offset <= mostRows,
            let first = Int64(exactly: numbers[1]), let end = Int64(exactly: numbers[2]), first < end,
            end <= QuestionTime.end
        else {
            throw QuestionError(
                "cursor", "this is no cursor; take the member next of the answer before, or leave it out",
                example: "limit=100")
        }
        guard numbers[3] == UInt64(question) else {
            throw QuestionError(
                "cursor", "the cursor is that of another question; keep all other parameters as they were",
                example: "limit=100")
        }
        return RowCursor(offset: offset, minutes: first..<end, question: question)
    }

    private static func check(_ numbers: [UInt64]) -> UInt32 {
        var hash = StableHash()
        for number in numbers { hash.add(String(number)) }
        return hash.value
    }
}

/// FNV-1a: the same number for the same texts in every process.
struct StableHash {
    private(set) var value: UInt32 = 2_166_136_261

    mutating func add(_ text: String) {
        for byte in text.utf8 { value = (value ^ UInt32(byte)) &* 16_777_619 }
        // Two texts are not one.
        value = (value ^ 0xFF) &* 16_777_619
    }
}
