// SPDX-License-Identifier: Apache-2.0

/// One element of a page.
package struct HTMLElement {
    package enum Node {
        case element(HTMLElement)
        case text(String)
    }

    package let name: String
    package let attributes: [String: String]
    package var children: [Node] = []

    package var elements: [HTMLElement] {
        children.compactMap { if case .element(let element) = $0 { element } else { nil } }
    }

    /// The element and all below it, in the order of the page.
    package var all: [HTMLElement] { [self] + elements.flatMap(\.all) }

    /// The text in it, entities resolved.
    package var text: String {
        children.map {
            switch $0 {
            case .element(let element): element.text
            case .text(let text): text
            }
        }.joined()
    }

    package func all(_ name: String) -> [HTMLElement] { all.filter { $0.name == name } }
}

/// What is wrong with a page, and where.
package struct HTMLError: Error, CustomStringConvertible {
    package let description: String
}

/// Reads pages, and refuses whatever HTML leaves to the patience of browsers.
///
/// - SeeAlso: HTML Living Standard, 13.1 (writing HTML documents).
package struct HTMLReader {
    private static let void: Set<String> = ["meta", "link", "br", "input"]
    /// Elements of SVG, which may end in `/>`.
    private static let drawing: Set<String> = ["rect", "line"]
    private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'"]

    private var rest: Substring

    /// Reads a document.
    ///
    /// - Parameter text: All of it, from the document type on.
    /// - Returns: The element `html`.
    /// - Throws: ``HTMLError`` for the first mistake.
    package static func document(_ text: String) throws(HTMLError) -> HTMLElement {
        var reader = HTMLReader(rest: text[...])
        guard reader.skip("<!DOCTYPE html>\n") else { throw HTMLError(description: "no document type") }
        guard reader.skip("<"), !reader.rest.hasPrefix("/") else { throw reader.error("no element") }
        let element = try reader.element()
        guard element.name == "html", reader.rest == "\n" else { throw reader.error("text behind the document") }
        return element
    }

    /// The element whose `<` was read.
    private mutating func element() throws(HTMLError) -> HTMLElement {
        let name = word()
        guard !name.isEmpty else { throw error("no name") }
        var element = HTMLElement(name: name, attributes: try attributes())
        if skip("/>") {
            guard Self.drawing.contains(name) else { throw error("\(name) cannot end itself") }
            return element
        }
        guard skip(">") else { throw error("a tag of \(name) without an end") }
        if Self.void.contains(name) { return element }
        while true {
            let text = try text(until: "<")
            if !text.isEmpty { element.children.append(.text(text)) }
            guard skip("<") else { throw error("\(name) has no end") }
            guard skip("/") else {
                element.children.append(.element(try self.element()))
                continue
            }
            let end = word()
            guard end == name, skip(">") else { throw error("\(name) ends as \(end)") }
            return element
        }
    }

    private mutating func attributes() throws(HTMLError) -> [String: String] {
        var attributes: [String: String] = [:]
        while skip(" ") {
            let name = word()
            guard !name.isEmpty, skip("=\"") else { throw error("an attribute without a quoted value") }
            guard attributes[name] == nil else { throw error("\(name) twice") }
            attributes[name] = try text(until: "\"")
            guard skip("\"") else { throw error("\(name) has no end") }
        }
        return attributes
    }

    /// By scalars, as browsers read: a quotation mark with an accent ends a value.
    private mutating func text(until end: Unicode.Scalar) throws(HTMLError) -> String {
        var text = ""
        while let scalar = rest.unicodeScalars.first, scalar != end {
            rest = Substring(rest.unicodeScalars.dropFirst())
            switch scalar {
            case "<", ">": throw error("a bare \(scalar)")
            case "&":
                let name = String(rest.unicodeScalars.prefix { $0 != ";" }.prefix(8))
                guard let entity = Self.entities[name], skip(name + ";") else { throw error("a bare &") }
                text += entity
            default:
                guard scalar.isAllowed else { throw error("a control character") }
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private mutating func word() -> String {
        let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        rest.removeFirst(word.count)
        return String(word)
    }

    private mutating func skip(_ text: String) -> Bool {
        guard rest.unicodeScalars.starts(with: text.unicodeScalars) else { return false }
        rest = Substring(rest.unicodeScalars.dropFirst(text.unicodeScalars.count))
        return true
    }

    private func error(_ text: String) -> HTMLError { HTMLError(description: "\(text), before: \(rest.prefix(60))") }
}

extension Unicode.Scalar {
    /// Whether HTML allows it in a text.
    fileprivate var isAllowed: Bool { self == "\n" || value >= 0x20 && !(0x7F...0x9F).contains(value) }
}
