// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Steps through a text that is an object as JSON or as Python prints a dictionary, without copying it or making strings.
///
/// Nothing is checked that is not wanted: the scanner passes over anything that is not a value.
struct ObjectScanner {
    var position: Int
    let end: Int

    /// Begins at the start of a text.
    ///
    /// - Parameters:
    ///   - range: The text.
    ///   - longest: How much of it is looked at, in bytes.
    init(_ range: ByteRange, longest: Int) {
        position = Int(range.offset)
        end = position + min(Int(range.length), longest)
    }

    /// Reads a text without its quotes, or what stands up to the next sign.
    mutating func readScalar(_ body: Span<UInt8>) -> Range<Int> {
        let start = position
        guard position < end else { return start..<start }
        let quote = body[position]
        if quote == .quote || quote == .apostrophe {
            passText(body)
            let hasEnd = position > start + 1 && body[position - 1] == quote
            return start + 1..<(hasEnd ? position - 1 : position)
        }
        while position < end, !body[position].isSign { position += 1 }
        return start..<position
    }

    /// Goes behind a text; the position is at its opening quote.
    mutating func passText(_ body: Span<UInt8>) {
        let quote = body[position]
        position += 1
        while position < end {
            let byte = body[position]
            position += byte == .backslash ? 2 : 1
            if byte == quote { break }
        }
        position = min(position, end)
    }

    /// Goes behind a value of any kind, or stays where the value has ended already.
    mutating func passValue(_ body: Span<UInt8>) {
        var depth = 0
        while position < end {
            switch body[position] {
            case .quote, .apostrophe:
                passText(body)
                continue
            case .openBrace, .openBracket, .openParenthesis: depth += 1
            case .closeBrace, .closeBracket, .closeParenthesis:
                if depth == 0 { return }
                depth -= 1
            case .comma where depth == 0: return
            default: break
            }
            position += 1
        }
    }

    mutating func passSpace(_ body: Span<UInt8>, and other: UInt8 = 0x20) {
        while position < end, body[position] <= 0x20 || body[position] == other { position += 1 }
    }

    /// Reads the name of the next member of an object and goes to its value.
    ///
    /// - Parameter body: The bytes; the position is behind the opening brace or an earlier member.
    /// - Returns: The indices of the name; `nil` behind the last member.
    mutating func nextMember(_ body: Span<UInt8>) -> Range<Int>? {
        while true {
            passSpace(body, and: .comma)
            guard position < end else { return nil }
            if body[position] == .closeBrace {
                position += 1
                return nil
            }
            let name = readScalar(body)
            passSpace(body)
            guard position < end, body[position] == .colon else {
                // No member: go on behind what stands there.
                if position == name.upperBound { position += 1 }
                continue
            }
            position += 1
            passSpace(body)
            return name
        }
    }
}

extension UInt8 {
    static let quote = UInt8(ascii: "\"")
    static let apostrophe = UInt8(ascii: "'")
    static let backslash = UInt8(ascii: "\\")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let openParenthesis = UInt8(ascii: "(")
    static let closeParenthesis = UInt8(ascii: ")")

    /// Whether a number or a word ends here.
    fileprivate var isSign: Bool {
        switch self {
        case 0...0x20, .comma, .colon, .closeBrace, .closeBracket, .closeParenthesis, .openBrace, .openBracket,
            .openParenthesis, .quote, .apostrophe:
            true
        default: false
        }
    }
}
