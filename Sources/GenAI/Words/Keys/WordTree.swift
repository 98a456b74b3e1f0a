// SPDX-License-Identifier: Apache-2.0

/// The words with a meaning as a tree of their letters: one walk finds every word that begins at an index.
///
/// Senders choose the keys that are looked up, so a look-up has to cost little even where each letter begins a word.
struct WordTree: Sendable {
    /// For each node, the nodes that the 36 letters and digits lead to; 0 where a letter leads nowhere.
    private var branches = [UInt16](repeating: 0, count: Self.letters)
    /// The meaning of the word that ends at a node; empty where none does.
    private var meanings: [KeyWords] = [[]]

    private static let letters = 36

    /// Adds a word of small letters and digits.
    mutating func add(_ word: some Sequence<UInt8>, _ meaning: KeyWords) {
        var node = 0
        for letter in word {
            let branch = node * Self.letters + Self.index(of: letter)
            if branches[branch] == 0 {
                branches[branch] = UInt16(meanings.count)
                branches += repeatElement(0, count: Self.letters)
                meanings.append([])
            }
            node = Int(branches[branch])
        }
        meanings[node] = meaning
    }

    /// The node that a letter leads to from another one, 0 for none; words begin at node 0.
    ///
    /// - Parameters:
    ///   - node: The node.
    ///   - letter: An ASCII letter in any case, or a digit.
    /// - Returns: The next node.
    @inline(__always)
    func next(from node: Int, _ letter: UInt8) -> Int { Int(branches[node * Self.letters + Self.index(of: letter)]) }

    /// The meaning of the word that ends at a node; empty where none does.
    @inline(__always)
    func meaning(at node: Int) -> KeyWords { meanings[node] }

    @inline(__always)
    private static func index(of letter: UInt8) -> Int {
        letter <= UInt8(ascii: "9") ? Int(letter &- UInt8(ascii: "0")) + 26 : Int((letter | 0x20) &- UInt8(ascii: "a"))
    }
}
