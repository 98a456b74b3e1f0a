// SPDX-License-Identifier: Apache-2.0

/// Finds which of many texts a name contains, in one pass over the name however many texts there are (the algorithm of Aho and
/// Corasick).
///
/// Senders choose names: with a search for each text, a long name would cost a hundred times as much as a short one.
struct LiteralFinder: Sendable {
    /// The lengths of the texts, by their numbers.
    private let lengths: [Int]
    /// The state after the first byte of a text, by that byte; 0 if no text begins with it.
    private var starts = [UInt32](repeating: 0, count: 256)
    /// The next state for a state and a byte: a hash table with open addressing and a power of two as size; 0 is a free slot.
    private var keys: [UInt32]
    private var followers: [UInt32]
    /// By state: the state of the longest proper suffix of the bytes read, and the nearest state along these that ends a text.
    private var shorter: [UInt32] = [0]
    private var nextEnd: [UInt32] = [0]
    /// By state: the number of the text that ends there, or -1.
    private var ending: [Int32] = [-1]

    /// The largest number of bytes of all texts together; a state and a byte share 32 bits.
    static let largest = 8_000_000

    /// Prepares some texts.
    ///
    /// - Parameter texts: Different texts, none of them empty, together at most ``largest`` bytes.
    init(_ texts: [[UInt8]]) {
        let total = texts.reduce(0) { $0 + $1.count }
        precondition(total <= Self.largest, "the texts are too long")
        lengths = texts.map(\.count)
        var size = 16
        while size < total * 2 { size *= 2 }
        keys = [UInt32](repeating: 0, count: size)
        followers = keys
        var parents: [(state: UInt32, byte: UInt8)] = [(0, 0)]
        var depths = [0]
        for (number, text) in texts.enumerated() {
            var state: UInt32 = 0
            for byte in text {
                if let next = follower(of: state, byte) {
                    state = next
                    continue
                }
                let next = UInt32(ending.count)
                add(next, behind: state, byte)
                ending.append(-1)
                shorter.append(0)
                nextEnd.append(0)
                parents.append((state, byte))
                depths.append(depths[Int(state)] + 1)
                state = next
            }
            ending[Int(state)] = Int32(number)
        }
        // In order of depth, since each state builds on states that are less deep.
        for state in depths.indices.dropFirst().sorted(by: { depths[$0] < depths[$1] }) {
            let (parent, byte) = parents[state]
            if parent != 0 { shorter[state] = step(from: shorter[Int(parent)], byte) }
            let behind = Int(shorter[state])
            nextEnd[state] = ending[behind] >= 0 ? UInt32(behind) : nextEnd[behind]
        }
    }

    /// Calls a closure for each occurrence of a text.
    ///
    /// - Parameters:
    ///   - name: The bytes to search.
    ///   - body: Gets the number of a text and its range.
    /// - Complexity: O(bytes of the name + occurrences).
    func forEach(in name: [UInt8], _ body: (_ text: Int, _ range: Range<Int>) -> Void) {
        var state: UInt32 = 0
        for index in name.indices {
            state = step(from: state, name[index])
            var end = ending[Int(state)] >= 0 ? state : nextEnd[Int(state)]
            while end != 0 {
                let text = Int(ending[Int(end)])
                body(text, index + 1 - lengths[text]..<index + 1)
                end = nextEnd[Int(end)]
            }
        }
    }

    private func step(from state: UInt32, _ byte: UInt8) -> UInt32 {
        var state = state
        while state != 0 {
            if let next = follower(of: state, byte) { return next }
            state = shorter[Int(state)]
        }
        return starts[Int(byte)]
    }

    private func follower(of state: UInt32, _ byte: UInt8) -> UInt32? {
        if state == 0 { return starts[Int(byte)] == 0 ? nil : starts[Int(byte)] }
        let key = state << 8 | UInt32(byte)
        var slot = slot(of: key)
        while keys[slot] != 0 {
            if keys[slot] == key { return followers[slot] }
            slot = (slot + 1) & (keys.count - 1)
        }
        return nil
    }

    private mutating func add(_ next: UInt32, behind state: UInt32, _ byte: UInt8) {
        guard state != 0 else { return starts[Int(byte)] = next }
        let key = state << 8 | UInt32(byte)
        var slot = slot(of: key)
        while keys[slot] != 0 { slot = (slot + 1) & (keys.count - 1) }
        (keys[slot], followers[slot]) = (key, next)
    }

    private func slot(of key: UInt32) -> Int {
        let mixed = UInt64(key) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32) & (keys.count - 1)
    }
}
