// SPDX-License-Identifier: Apache-2.0

/// A regular expression for whole model names, whose time is bounded for every name.
///
/// Senders choose the names, so they could choose the time of a backtracking matcher: `(a+)+` takes it 2^n steps. This one
/// follows all alternatives at once (Thompson's method), so a name of n bytes takes at most n steps for each instruction. Case
/// does not matter, since names are in lower case.
struct NameRegex: Sendable, Equatable {
    /// One step of a compiled expression.
    enum Instruction: Sendable, Equatable {
        case byte(ByteSet)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case wordBoundary(isNegated: Bool)
        /// Whether an expression of its own holds from here on, without moving on.
        case look(Int, isNegated: Bool)
        case match
    }

    /// The longest expression, in bytes.
    static let sourceLimit = 256
    /// The largest number of instructions of an expression, and of its parts that look ahead, which run once for each byte.
    static let instructionLimit = 1000
    static let lookLimit = 32
    /// The longest name that is matched; reported names are shorter.
    static let nameLimit = 512

    /// The expression as written.
    let source: String
    /// The number of literal characters of every matching name.
    let literalLength: Int
    /// A run of bytes that every matching name contains; empty if none is known.
    let requiredText: [UInt8]
    /// Whether it matches names of any length.
    var isOpen: Bool { source.contains("*") || source.contains("+") || source.contains(",}") }
    let program: [Instruction]
    /// The programs of ``Instruction/look(_:isNegated:)``.
    let looks: [[Instruction]]

    /// Whether it matches a whole name.
    ///
    /// - Complexity: O(bytes of the name × instructions), and O(bytes²) for the few instructions that look ahead.
    func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        return name.count <= Self.nameLimit && holds(program, on: name, from: 0, isWhole: true)
    }

    static func == (left: Self, right: Self) -> Bool { left.source == right.source }

    private func holds(_ program: [Instruction], on name: [UInt8], from start: Int, isWhole: Bool) -> Bool {
        var current = ThreadList(program.count)
        var next = ThreadList(program.count)
        var waiting: [Int] = []
        var position = start
        add(0, to: &current, program, name, position, &waiting)
        while !current.instructions.isEmpty {
            next.clear()
            for instruction in current.instructions {
                switch program[instruction] {
                case .match:
                    if !isWhole || position == name.count { return true }
                case .byte(let set):
                    if position < name.count, set.contains(name[position]) {
                        add(instruction + 1, to: &next, program, name, position + 1, &waiting)
                    }
                default: break
                }
            }
            swap(&current, &next)
            position += 1
        }
        return false
    }

    /// Adds an instruction and all that can be reached from it without consuming a byte.
    ///
    /// `waiting` is memory for the instructions that are still to be added, empty before and after.
    private func add(
        _ instruction: Int, to list: inout ThreadList, _ program: [Instruction], _ name: [UInt8], _ position: Int,
        _ waiting: inout [Int]
    ) {
        waiting.append(instruction)
        while let instruction = waiting.popLast() {
            guard list.insert(instruction) else { continue }
            switch program[instruction] {
            case .byte, .match: list.instructions.append(instruction)
            case .jump(let target): waiting.append(target)
            case .split(let first, let second):
                waiting.append(second)
                waiting.append(first)
            case .start: if position == 0 { waiting.append(instruction + 1) }
            case .end: if position == name.count { waiting.append(instruction + 1) }
            case .wordBoundary(let isNegated):
                let isBefore = position > 0 && ByteSet.word.contains(name[position - 1])
                let isAfter = position < name.count && ByteSet.word.contains(name[position])
                if (isBefore != isAfter) != isNegated { waiting.append(instruction + 1) }
            case .look(let number, let isNegated):
                let isHeld = holds(looks[number], on: name, from: position, isWhole: false)
                if isHeld != isNegated { waiting.append(instruction + 1) }
            }
        }
    }

    /// The instructions that are followed at one position.
    private struct ThreadList {
        var instructions: [Int] = []
        /// By instruction: the number of the round in which it was added last.
        private var rounds: [UInt32]
        private var round: UInt32 = 1

        init(_ count: Int) { rounds = [UInt32](repeating: 0, count: count) }

        mutating func insert(_ instruction: Int) -> Bool {
            if rounds[instruction] == round { return false }
            rounds[instruction] = round
            return true
        }

        mutating func clear() {
            instructions.removeAll(keepingCapacity: true)
            round += 1
        }
    }
}

/// Some of the 256 values of a byte.
struct ByteSet: Sendable, Equatable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    /// Bytes of characters beyond ASCII are all in or all out.
    private var hasOthers = false

    init() {}

    /// One byte, in both cases when it is a letter.
    init(_ byte: UInt8) {
        if byte < 128 { insert(byte...byte) } else { hasOthers = true }
    }

    init(_ ranges: [ClosedRange<UInt8>]) {
        for range in ranges { insert(range) }
    }

    static let digit = ByteSet([UInt8(ascii: "0")...UInt8(ascii: "9")])
    static let word = ByteSet([
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "_")...UInt8(ascii: "_"),
    ])
    static let space = ByteSet([9...13, 32...32])
    static let any = ByteSet().inverted

    /// Every byte that is not in the set.
    var inverted: ByteSet {
        var set = self
        (set.low, set.high, set.hasOthers) = (~low, ~high, !hasOthers)
        return set
    }

    func contains(_ byte: UInt8) -> Bool {
        if byte < 64 { return low & (1 << UInt64(byte)) != 0 }
        return byte < 128 ? high & (1 << UInt64(byte - 64)) != 0 : hasOthers
    }

    /// Adds ASCII bytes; letters in both cases.
    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range where byte < 128 {
            insert(byte)
            let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            if isUpper || isLower { insert(byte ^ 0x20) }
        }
    }

    mutating func formUnion(_ other: ByteSet) {
        low |= other.low
        high |= other.high
        hasOthers = hasOthers || other.hasOthers
    }

    private mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
    }
}
