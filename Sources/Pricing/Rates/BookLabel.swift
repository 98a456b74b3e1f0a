// SPDX-License-Identifier: Apache-2.0

extension PriceBook {
    /// The version of the book, and the price files over it, as text that is kept with calls.
    ///
    /// Such as `2026-11-21.1 + contract.yaml (7)`, where 7 is the version that the file states. The text has no folders, which say
    /// something of the machine and not of the prices.
    package var label: String {
        ([header.version] + files.map { $0.version.isEmpty ? $0.baseName : "\($0.baseName) (\($0.version))" })
            .joined(separator: Self.fileSeparator)
    }

    /// The names of the price files in a text of ``label``, in their order.
    ///
    /// - Parameter label: The label of any book.
    /// - Returns: The names, without folders and versions; empty for a book without price files.
    package static func fileNames(inLabel label: String) -> [String] {
        label.split(separator: fileSeparator).dropFirst().map { file in
            guard file.last == ")" else { return String(file) }
            // A version, and the name itself, may have parentheses.
            var depth = 0
            for index in file.indices.reversed() {
                if file[index] == ")" { depth += 1 }
                if file[index] == "(" { depth -= 1 }
                if depth == 0 {
                    let name = file[..<index]
                    return String(name.last == " " ? name.dropLast() : file)
                }
            }
            return String(file)
        }
    }

    private static let fileSeparator = " + "
}

extension PriceFile.Summary {
    /// The file's name without its folder.
    package var baseName: String { name.split(separator: "/").last.map(String.init) ?? name }
}
