// SPDX-License-Identifier: Apache-2.0

/// The number of an attribute key that somebody asked for; see ``AttributeKeys``.
package typealias AttributeKeyID = UInt16

/// Decides by a key's bytes whether an attribute is wanted whose key is not listed.
///
/// - Parameters:
///   - bytes: The body, or a part of it.
///   - key: The key's place.
/// - Returns: The number under which the attribute is read, or `nil` for an unwanted one; always the same for the same key.
package typealias AttributeKeyJudge = @Sendable (_ bytes: Span<UInt8>, _ key: Range<Int>) -> AttributeKeyID?

/// The attribute keys that are wanted from spans; every other attribute is passed over by its length.
///
/// Keys are numbered in the order in which they were first asked for. Readers look them up in an ``AttributeKeyTable``.
package struct AttributeKeys: Sendable {
    /// The keys by number.
    package private(set) var names: [String] = []

    /// By the bytes of the key: strings that Swift takes for equal may differ in them.
    private var numbers: [[UInt8]: AttributeKeyID] = [:]

    /// Decides about keys that are not listed; without one, none of them is wanted.
    package var judge: AttributeKeyJudge?

    /// Keys of which none is wanted yet.
    package init() {}

    /// The number of a key, which is wanted from now on.
    ///
    /// - Parameter name: The attribute's key, 1 to 65,535 bytes; at most 65,535 different ones may be asked for.
    /// - Returns: The number.
    package mutating func id(of name: String) -> AttributeKeyID {
        let bytes = Array(name.utf8)
        precondition(!bytes.isEmpty && bytes.count <= 65_535, "an attribute key has 1 to 65,535 bytes")
        if let known = numbers[bytes] { return known }
        precondition(names.count < 65_535, "more attribute keys than a number can tell apart")
        let id = AttributeKeyID(names.count)
        names.append(name)
        numbers[bytes] = id
        return id
    }
}
