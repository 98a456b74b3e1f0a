// SPDX-License-Identifier: Apache-2.0

extension DocumentNode {
    /// The value as a mapping with any keys.
    package func mapping() throws(DocumentError) -> DocumentMapping {
        guard case .mapping(let entries) = content else { throw unexpected("be a mapping") }
        return DocumentMapping(entries: entries, node: self)
    }

    /// The value as a mapping that has only known keys.
    package func mapping(keys known: [String]) throws(DocumentError) -> DocumentMapping {
        let mapping = try mapping()
        try mapping.refuseKeys(except: known)
        return mapping
    }

    /// The value as a list.
    package func sequence() throws(DocumentError) -> [DocumentNode] {
        guard case .sequence(let items) = content else { throw unexpected("be a list") }
        return items
    }

    /// The value as text; an unquoted number or date is accepted.
    package func string() throws(DocumentError) -> String {
        guard case .scalar(let text, _) = content, !isNull else { throw unexpected("be text") }
        return text
    }

    /// The value as a list of texts.
    package func strings() throws(DocumentError) -> [String] {
        var texts: [String] = []
        for item in try sequence() { texts.append(try item.string()) }
        return texts
    }

    /// The value as a whole number.
    ///
    /// - Parameter range: The allowed numbers.
    /// - Returns: The number, which is in the range.
    /// - Throws: ``DocumentError/unexpected(_:key:wanted:found:)`` for anything else.
    package func integer(in range: ClosedRange<Int> = Int.min...Int.max) throws(DocumentError) -> Int {
        guard case .scalar(let text, isQuoted: false) = content, let number = Int(text) else {
            throw unexpected("be a whole number")
        }
        guard range.contains(number) else {
            if range.upperBound == Int.max { throw unexpected("be at least \(range.lowerBound)") }
            throw unexpected("be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The value as `true` or `false`; the words `yes` and `on` of older YAML are refused.
    package func boolean() throws(DocumentError) -> Bool {
        switch content {
        case .scalar("true", isQuoted: false): return true
        case .scalar("false", isQuoted: false): return false
        default: throw unexpected("be true or false")
        }
    }

    /// The value as the text of a decimal number without sign or exponent, quoted or not.
    ///
    /// - Returns: The text as written, such as `0.25`.
    package func decimalText() throws(DocumentError) -> String {
        guard case .scalar(let text, _) = content, isDecimal(text) else {
            throw unexpected("be a decimal number such as 0.25")
        }
        return text
    }

    /// The error for a value of the right kind that is not acceptable.
    ///
    /// - Parameter wanted: The requirement, which follows "must" in the message.
    /// - Returns: The error, without the value.
    package func unacceptable(_ wanted: String) -> DocumentError {
        .unexpected(position, key: name, wanted: wanted, found: nil)
    }

    /// The error for a value of the wrong kind.
    ///
    /// - Parameter wanted: The requirement, which follows "must" in the message: `be a list`, `name a known provider`.
    /// - Returns: The error, with the beginning of the value if it is a scalar.
    package func unexpected(_ wanted: String) -> DocumentError {
        guard case .scalar(let text, _) = content, !isNull else {
            return .unexpected(position, key: name, wanted: wanted, found: kind)
        }
        return .unexpected(position, key: name, wanted: wanted, found: "'\(text.prefix(40))'")
    }
}

/// Whether a text is digits, optionally followed by a point and digits.
private func isDecimal(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return false }
    return parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
}
