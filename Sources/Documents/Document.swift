// SPDX-License-Identifier: Apache-2.0
import Yams

/// Documents: reads YAML and JSON text as nodes that know their line.
///
/// One reader is enough for both, since JSON is YAML in flow style. Numbers keep their source text, so that money never passes
/// through floating point.
package enum Document {
    /// The largest number of nodes of a document; an alias counts as often as it is used.
    package static let nodeLimit = 1_000_000

    /// The deepest nesting of mappings and lists.
    package static let depthLimit = 64

    /// Reads the one document in a text.
    ///
    /// - Parameters:
    ///   - text: YAML 1.2 or JSON.
    ///   - file: The file name in error messages.
    ///   - firstLine: The line number of the text's first line, if the text is a part of a file.
    ///   - nodeLimit: The largest number of nodes; it stops aliases that multiply.
    /// - Returns: The root node.
    /// - Throws: ``DocumentError`` if the text is empty, malformed or too large, or has a key twice.
    package static func parse(
        _ text: String, file: String, firstLine: Int = 1, nodeLimit: Int = nodeLimit
    ) throws(DocumentError) -> DocumentNode {
        let root: Node?
        do {
            // The parser keeps a pointer into the string; short strings have no storage of their own to point into.
            var source = text.utf8.count < 64 ? text + String(repeating: "\n", count: 64) : text
            source.makeContiguousUTF8()
            root = try Parser(yaml: SurrogateEscapes.joiningSurrogates(source), resolver: .basic, encoding: .utf8)
                .singleRoot()
        } catch {
            let lastLine = firstLine + text.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
            throw DocumentError(error, file: file, lines: firstLine...lastLine).withRemedy(in: text, from: firstLine)
        }
        guard let root else { throw .empty(file: file) }
        var conversion = Conversion(file: file, firstLine: firstLine, nodesLeft: nodeLimit, nodeLimit: nodeLimit)
        return try conversion.node(root, name: "", depth: 0)
    }
}

/// Turns the parser's nodes into ours and counts them.
private struct Conversion {
    let file: String
    let firstLine: Int
    var nodesLeft: Int
    let nodeLimit: Int

    mutating func node(_ node: Node, name: String, depth: Int) throws(DocumentError) -> DocumentNode {
        let position = position(of: node)
        nodesLeft -= 1
        guard nodesLeft >= 0 else { throw .tooManyNodes(file: file, limit: nodeLimit) }
        guard depth < Document.depthLimit else { throw .tooDeep(position, limit: Document.depthLimit) }
        switch node {
        case .scalar(let scalar):
            let isQuoted = scalar.style != .plain
            return DocumentNode(content: .scalar(scalar.string, isQuoted: isQuoted), position: position, name: name)
        case .sequence(let sequence):
            var items: [DocumentNode] = []
            items.reserveCapacity(sequence.count)
            for item in sequence { items.append(try self.node(item, name: name, depth: depth + 1)) }
            return DocumentNode(content: .sequence(items), position: position, name: name)
        case .mapping(let mapping):
            var entries: [DocumentNode.Entry] = []
            entries.reserveCapacity(mapping.count)
            for (key, value) in mapping {
                guard case .scalar(let scalar) = key else {
                    throw .unexpected(self.position(of: key), key: name, wanted: "have plain text as keys", found: nil)
                }
                let keyPosition = self.position(of: key)
                let value = try self.node(value, name: scalar.string, depth: depth + 1)
                entries.append(DocumentNode.Entry(key: scalar.string, keyPosition: keyPosition, value: value))
            }
            return DocumentNode(content: .mapping(entries), position: position, name: name)
        case .alias:
            throw .syntax(position, problem: "an alias without an anchor")
        }
    }

    private func position(of node: Node) -> DocumentPosition {
        DocumentPosition(
            file: file, line: (node.mark?.line ?? 1) + firstLine - 1, column: node.mark?.column ?? 1)
    }
}

extension DocumentError {
    /// The error with what to do about it, if the parser's words are well known.
    fileprivate func withRemedy(in text: String, from firstLine: Int) -> DocumentError {
        guard case .syntax(let position, let problem) = self,
            let remedy = SyntaxRemedy.remedy(for: problem, at: position.line - firstLine + 1, in: text)
        else { return self }
        return .syntax(position, problem: "\(problem); \(remedy)")
    }

    /// The parser's error as one of ours, without the text itself.
    fileprivate init(_ error: any Error, file: String, lines: ClosedRange<Int>) {
        // The parser finds the end of a short text behind the lines that were added to it.
        func position(_ mark: Mark) -> DocumentPosition {
            DocumentPosition(
                file: file, line: min(mark.line + lines.lowerBound - 1, lines.upperBound), column: mark.column)
        }
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self = .syntax(position(mark), problem: problem)
        case .reader(let problem, _, _, _):
            self = .syntax(DocumentPosition(file: file, line: lines.lowerBound, column: 1), problem: problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            self = .duplicateKey(position(context.mark), key: duplicates.first ?? "")
        default:
            self = .syntax(
                DocumentPosition(file: file, line: lines.lowerBound, column: 1), problem: "the parser failed")
        }
    }
}
