// SPDX-License-Identifier: Apache-2.0

extension NameRegex {
    /// Compiles an expression; a leading `(?i)` is ignored, since case never matters.
    ///
    /// - Parameter text: The expression, at most ``sourceLimit`` bytes; it must match the whole name.
    /// - Throws: ``RegexProblem`` for a mistake, and for an expression that cannot be matched in bounded time.
    init(_ text: String) throws(RegexProblem) {
        var rest = text
        if rest.hasPrefix("(?i)") { rest.removeFirst(4) }
        guard !rest.isEmpty else { throw RegexProblem(text: "it is empty") }
        guard rest.utf8.count <= Self.sourceLimit else {
            throw RegexProblem(text: "it is longer than \(Self.sourceLimit) bytes")
        }
        var parser = RegexParser(rest)
        let node = try parser.parse()
        var compiler = RegexCompiler()
        let program = try compiler.compile(node, isInsideLook: false)
        guard compiler.looks.reduce(0, { $0 + $1.count }) <= Self.lookLimit else {
            throw RegexProblem(text: "the look-aheads are too long")
        }
        source = rest
        literalLength = node.literalLength
        requiredText = node.requiredText
        self.program = program
        looks = compiler.looks
    }
}

/// Turns the parts of an expression into instructions.
private struct RegexCompiler {
    var looks: [[NameRegex.Instruction]] = []
    private var program: [NameRegex.Instruction] = []
    private var isInsideLook = false
    /// Parts that were written out, empty ones too, so that repetitions inside repetitions end.
    private var partCount = 0

    mutating func compile(
        _ node: RegexNode, isInsideLook: Bool
    ) throws(RegexProblem) -> [NameRegex.Instruction] {
        let outer = (program, self.isInsideLook)
        program = []
        self.isInsideLook = isInsideLook
        try emit(node)
        program.append(.match)
        let result = program
        (program, self.isInsideLook) = outer
        return result
    }

    private mutating func emit(_ node: RegexNode) throws(RegexProblem) {
        partCount += 1
        guard program.count < NameRegex.instructionLimit, partCount < 20 * NameRegex.instructionLimit else {
            throw RegexProblem(text: "it is too large once its repetitions are written out")
        }
        switch node {
        case .literal(let byte): program.append(.byte(ByteSet(byte)))
        case .set(let set): program.append(.byte(set))
        case .start: program.append(.start)
        case .end: program.append(.end)
        case .wordBoundary(let isNegated): program.append(.wordBoundary(isNegated: isNegated))
        case .sequence(let parts): for part in parts { try emit(part) }
        case .alternatives(let parts): try emitAlternatives(parts[...])
        case .repeated(let part, let least, let most): try emitRepeated(part, least: least, most: most)
        case .look(let part, let isNegated):
            guard !isInsideLook else { throw RegexProblem(text: "a look-ahead inside a look-ahead is not supported") }
            looks.append(try compile(part, isInsideLook: true))
            program.append(.look(looks.count - 1, isNegated: isNegated))
        }
    }

    private mutating func emitAlternatives(_ parts: ArraySlice<RegexNode>) throws(RegexProblem) {
        guard let first = parts.first, parts.count > 1 else {
            if let only = parts.first { try emit(only) }
            return
        }
        let split = program.count
        program.append(.match)
        try emit(first)
        let jump = program.count
        program.append(.match)
        program[split] = .split(split + 1, program.count)
        try emitAlternatives(parts.dropFirst())
        program[jump] = .jump(program.count)
    }

    private mutating func emitRepeated(_ part: RegexNode, least: Int, most: Int?) throws(RegexProblem) {
        for _ in 0..<least { try emit(part) }
        guard let most else {
            let split = program.count
            program.append(.match)
            try emit(part)
            program.append(.jump(split))
            program[split] = .split(split + 1, program.count)
            return
        }
        var splits: [Int] = []
        for _ in least..<max(least, most) {
            splits.append(program.count)
            program.append(.match)
            try emit(part)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
    }
}
