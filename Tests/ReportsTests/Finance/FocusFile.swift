// SPDX-License-Identifier: Apache-2.0
import Foundation

@testable import Reports

/// A FOCUS file as a reader of comma-separated values takes it.
struct FocusFile {
    let text: String
    let head: [String]
    let rows: [[String: String]]

    init(_ export: any ExportPieces) throws {
        var bytes: [UInt8] = []
        while let piece = try export.next() { bytes += piece }
        self.init(String(decoding: bytes, as: UTF8.self))
    }

    init(_ text: String) {
        self.text = text
        let lines = Self.cells(text)
        head = lines.first ?? []
        rows = lines.dropFirst().map { [head] cells in Dictionary(uniqueKeysWithValues: zip(head, cells)) }
    }

    /// The sum of a column over some rows.
    func sum(_ column: String, where isMeant: ([String: String]) -> Bool = { _ in true }) -> Decimal {
        rows.filter(isMeant).reduce(0) { $0 + Self.decimal($1[column]) }
    }

    static func decimal(_ text: String?) -> Decimal { Decimal(string: text ?? "") ?? 0 }

    /// The cells of each line, by RFC 4180.
    private static func cells(_ text: String) -> [[String]] {
        var lines: [[String]] = []
        var (line, cell, isQuoted) = ([String](), "", false)
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if isQuoted {
                if scalar == "\"", rest.first == "\"" {
                    cell.unicodeScalars.append(scalar)
                    rest.removeFirst()
                } else if scalar == "\"" {
                    isQuoted = false
                } else {
                    cell.unicodeScalars.append(scalar)
                }
                continue
            }
            switch scalar {
            case "\"": isQuoted = true
            case ",":
                line.append(cell)
                cell = ""
            case "\n":
                lines.append(line + [cell])
                (line, cell) = ([], "")
            default: cell.unicodeScalars.append(scalar)
            }
        }
        return lines
    }
}
