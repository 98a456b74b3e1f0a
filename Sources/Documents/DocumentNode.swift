// SPDX-License-Identifier: Apache-2.0

/// A file, line and column, for error messages.
package struct DocumentPosition: Hashable, Sendable, CustomStringConvertible {
    /// The name of the file as it was given.
    package let file: String
    /// The line and column, both counted from 1.
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line`.
    package var description: String { "\(file):\(line)" }
}

/// One value of a document: a mapping, a list or a scalar, with its position.
package struct DocumentNode: Sendable {
    /// The value.
    package enum Content: Sendable {
        case mapping([Entry])
        case sequence([DocumentNode])
        /// A text, number, boolean or null as written; a quoted one is always text.
        case scalar(String, isQuoted: Bool)
    }

    /// A key of a mapping with its value.
    package struct Entry: Sendable {
        package let key: String
        package let keyPosition: DocumentPosition
        package let value: DocumentNode
    }

    package let content: Content
    /// The position of the value's beginning.
    package let position: DocumentPosition
    /// The key of the value; for an item of a list, the key of the list; empty for the root.
    package let name: String

    /// Whether the value is null or empty; its key counts as absent.
    package var isNull: Bool {
        guard case .scalar(let text, isQuoted: false) = content else { return false }
        return text.isEmpty || text == "~" || text == "null"
    }

    /// The kind of the value in error messages.
    var kind: String {
        switch content {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar: isNull ? "nothing" : "a single value"
        }
    }
}
