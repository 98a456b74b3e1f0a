// SPDX-License-Identifier: Apache-2.0
import OTLP

/// An attribute whose text is an object, as JSON or as Python prints a dictionary, and the members of it that state facts.
package struct EmbeddedTable: Sendable {
    /// The attribute's key.
    package let key: String
    /// Members by their path, `usage.input_tokens` or `generations.0.text`, and the facts they state; of several that state one
    /// fact the best comes first.
    package let paths: [(path: String, fact: Fact)]
    /// Members whose presence means that ``Fact/inputUncached`` includes cached tokens after all.
    let inclusiveWhen: [String]
    /// Whether its other members are the parts of a cost.
    let sumsCost: Bool

    /// Describes an attribute.
    ///
    /// - Parameters:
    ///   - key: The attribute's key.
    ///   - paths: Members and the facts they state, the best first.
    ///   - inclusiveWhen: Members whose presence means that ``Fact/inputUncached`` includes cached tokens after all.
    ///   - sumsCost: Whether its other members are the parts of a cost.
    package init(
        _ key: String, _ paths: [(path: String, fact: Fact)], inclusiveWhen: [String] = [], sumsCost: Bool = false
    ) {
        self.key = key
        self.paths = paths
        self.inclusiveWhen = inclusiveWhen
        self.sumsCost = sumsCost
    }
}

/// The paths of one table as a tree over bytes, so that one walk through a text finds all of them.
struct EmbeddedPaths: Sendable {
    /// The statement of a wanted member.
    struct Leaf: Sendable {
        var fact: Fact
        var rank: UInt8
        var saysInclusive = false
    }

    private struct Edge: Sendable {
        var offset: Int
        var length: Int
        /// The element that the name means in a list, or -1.
        var element: Int
        var target: Int
    }

    private struct Node: Sendable {
        var edges: [Edge] = []
        var leaf = -1
    }

    private var nodes = [Node()]
    private var text: [UInt8] = []
    private(set) var leaves: [Leaf] = []
    /// A bit for each fact that it states.
    private(set) var facts: FactBits = 0
    /// Whether it depends on another member what the input is.
    let hasUnclearInput: Bool
    let sumsCost: Bool
    /// If the object is usage: the words of its key behind the element that says so.
    ///
    /// What the table does not list is then read by its words.
    private(set) var usageWords: KeyWords?
    /// Whether it may be a provider's whole answer, with usage in it that the table does not list.
    private(set) var mayBeAnswer = false

    init(_ table: EmbeddedTable, rank: (Fact) -> UInt8) {
        hasUnclearInput = !table.inclusiveWhen.isEmpty
        sumsCost = table.sumsCost
        for (path, fact) in table.paths {
            let number = addLeaf(Leaf(fact: fact, rank: rank(fact), saysInclusive: table.inclusiveWhen.contains(path)))
            nodes[node(for: path)].leaf = number
        }
        let key = Array(table.key.utf8)
        if facts & Self.counts != 0 {
            usageWords = KeyElements(0..<key.count, in: key.span)?.wordsOfUsage
        } else if let words = KeyElements(0..<key.count, in: key.span)?.union(from: 0) {
            mayBeAnswer = words.has([.output, .result, .raw]) && KeyClass.isOfCall(words) && !words.has(.request)
        }
        if usageWords != nil {
            for path in ProviderUsage.parts { _ = node(for: path) }
        }
    }

    private static let counts = SpanFacts.mask(of: Fact.counts)

    private mutating func addLeaf(_ leaf: Leaf) -> Int {
        facts |= leaf.fact.bit
        leaves.append(leaf)
        return leaves.count - 1
    }

    private mutating func node(for path: String) -> Int {
        var node = 0
        for name in path.split(separator: ".") {
            let bytes = Array(name.utf8)
            if let known = child(of: node, named: bytes.span, at: 0..<bytes.count) {
                node = known
                continue
            }
            nodes[node].edges.append(
                Edge(offset: text.count, length: bytes.count, element: Int(name) ?? -1, target: nodes.count))
            text += bytes
            node = nodes.count
            nodes.append(Node())
        }
        return node
    }

    /// The node below another by a member's name, or `nil` when nothing of that member is wanted.
    func child(of node: Int, named bytes: Span<UInt8>, at range: Range<Int>) -> Int? {
        for edge in nodes[node].edges where edge.length == range.count {
            if bytes.matches(text.span, from: edge.offset, length: edge.length, at: range.lowerBound) {
                return edge.target
            }
        }
        return nil
    }

    /// The node below another by an element's number, or `nil`.
    func child(of node: Int, element: Int) -> Int? {
        nodes[node].edges.first { $0.element == element }?.target
    }

    /// What a member with that node states, or `nil` when it is only a step.
    func leaf(of node: Int) -> Leaf? { nodes[node].leaf < 0 ? nil : leaves[nodes[node].leaf] }
}
