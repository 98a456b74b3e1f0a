// SPDX-License-Identifier: Apache-2.0

/// A place in a document, for messages to people.
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

/// One value of a document: a mapping, a list or a piece of text, and where it stands.
package struct DocumentNode: Sendable {
    /// What kind of value it is.
    package enum Content: Sendable {
        case mapping([Entry])
        case sequence([DocumentNode])
        /// A text, number, boolean or null as written; only an unquoted one may be a boolean, an integer or null.
        case scalar(String, isQuoted: Bool)
    }

    /// A key of a mapping with its value.
    package struct Entry: Sendable {
        package let key: String
        package let keyPosition: DocumentPosition
        package let value: DocumentNode
    }

    package let content: Content
    /// Where the value begins.
    package let position: DocumentPosition
    /// The key under which the value stands; a list's items bear the list's; empty for the root.
    package let name: String

    /// Whether the value is written as null or left empty; such a key counts as absent.
    package var isNull: Bool {
        guard case .scalar(let text, isQuoted: false) = content else { return false }
        return text.isEmpty || text == "~" || text == "null"
    }

    /// The kind of the value as a person calls it.
    var kind: String {
        switch content {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar: isNull ? "nothing" : "a single value"
        }
    }
}
