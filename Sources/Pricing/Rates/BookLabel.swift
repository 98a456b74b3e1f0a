// SPDX-License-Identifier: Apache-2.0

/// The lists of the price files over a book, as calls keep them and as `/metrics` shows them.
extension PriceBook {
    /// The version of the book, and the price files over it, as text that is kept with calls.
    ///
    /// Such as `2026-11-21.1 + contract.yaml (7)`, where 7 is the version that the file states. The text has no folders, which say
    /// something of the machine and not of the prices. A plus sign behind a space in a name or version has a backslash before it.
    package var label: String {
        ([header.version] + files.map { $0.version.isEmpty ? $0.baseName : "\($0.baseName) (\($0.version))" })
            .map(Self.escaped).joined(separator: Self.fileSeparator)
    }

    /// What the book is made from, and the price files over it, each with its version, for the label `sources` of `/metrics`.
    package var sourceList: String {
        let sources = header.sources.map { "\($0.name) \($0.version)" }
        let files = files.map { $0.version.isEmpty ? $0.baseName : "\($0.baseName) \($0.version)" }
        return (sources + files).joined(separator: ", ")
    }

    /// The names of the price files in a text of ``label``, in their order.
    ///
    /// - Parameter label: The label of any book.
    /// - Returns: The names, without folders and versions; empty for a book without price files.
    package static func fileNames(inLabel label: String) -> [String] {
        label.split(separator: fileSeparator).dropFirst().map { unescaped(nameOfFile($0)) }
    }

    private static func nameOfFile(_ file: Substring) -> Substring {
        guard file.last == ")" else { return file }
        // A version, and the name itself, may have parentheses.
        var depth = 0
        for index in file.indices.reversed() {
            if file[index] == ")" { depth += 1 }
            if file[index] == "(" { depth -= 1 }
            if depth == 0 {
                let name = file[..<index]
                return name.last == " " ? name.dropLast() : file
            }
        }
        return file
    }

    private static let fileSeparator = " + "

    /// A name in which nothing looks like ``fileSeparator``: a backslash stands before a plus sign, or a backslash, behind a space.
    private static func escaped(_ name: String) -> String {
        var text = ""
        for character in name {
            if text.last == " ", character == "+" || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return text
    }

    private static func unescaped(_ text: Substring) -> String {
        var name = ""
        var isEscaped = false
        for character in text {
            isEscaped = character == "\\" && name.last == " " && !isEscaped
            if !isEscaped { name.append(character) }
        }
        return name
    }
}

extension PriceFile.Summary {
    /// The file's name without its folder.
    package var baseName: String { name.split(separator: "/").last.map(String.init) ?? name }
}
