// SPDX-License-Identifier: Apache-2.0

/// The keys and values of one mapping, read by name.
package struct DocumentMapping: Sendable {
    /// All entries, in the order of the document.
    package let entries: [DocumentNode.Entry]
    /// The position of the mapping's beginning.
    package let position: DocumentPosition
    private let name: String

    init(entries: [DocumentNode.Entry], node: DocumentNode) {
        self.entries = entries
        position = node.position
        name = node.name
    }

    /// The value of a key, or `nil` when the key is absent or null.
    package subscript(key: String) -> DocumentNode? {
        for entry in entries where entry.key == key { return entry.value.isNull ? nil : entry.value }
        return nil
    }

    /// The value of a mandatory key.
    ///
    /// - Throws: ``DocumentError/missingKey(_:key:parent:)`` if the key is absent or null.
    package func required(_ key: String) throws(DocumentError) -> DocumentNode {
        guard let value = self[key] else { throw .missingKey(position, key: key, parent: name) }
        return value
    }

    /// Refuses keys that the format does not have.
    ///
    /// - Throws: ``DocumentError/unknownKey(_:key:known:)`` for the first unknown key.
    package func refuseKeys(except known: [String]) throws(DocumentError) {
        for entry in entries where !known.contains(entry.key) {
            throw .unknownKey(entry.keyPosition, key: entry.key, known: known)
        }
    }
}
