// SPDX-License-Identifier: Apache-2.0

/// The number of a wanted attribute key; see ``AttributeKeys``.
package typealias AttributeKeyID = UInt16

/// Decides by the bytes of a key that is not listed whether its attribute is wanted.
///
/// - Parameters:
///   - bytes: The body, or a part of it.
///   - key: The indices of the key's bytes.
/// - Returns: The number under which the attribute is read; `nil` if it is not wanted. It must be the same for the same key.
package typealias AttributeKeyJudge = @Sendable (_ bytes: Span<UInt8>, _ key: Range<Int>) -> AttributeKeyID?

/// The attribute keys that readers keep; they skip every other attribute by its length.
///
/// A key is *listed*, and has a number, once ``id(of:)`` was called for it. Readers look keys up in an ``AttributeKeyTable``.
package struct AttributeKeys: Sendable {
    /// The listed keys; the index is the number.
    package private(set) var names: [String] = []

    /// Numbers by the bytes of the key: strings that Swift considers equal may differ in them.
    private var numbers: [[UInt8]: AttributeKeyID] = [:]

    /// Decides about keys that are not listed; without a judge, none of them is wanted.
    package var judge: AttributeKeyJudge?

    /// Makes an empty list.
    package init() {}

    /// Lists a key, if it is new.
    ///
    /// - Parameter name: The attribute's key, 1 to 65,535 bytes; a list has at most 65,535 keys.
    /// - Returns: The number of the key: keys are numbered from 0 in the order in which they are listed.
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
