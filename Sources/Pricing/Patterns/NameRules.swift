// SPDX-License-Identifier: Apache-2.0

/// The rules for names of one provider's models, prepared so that one pass over a name is enough for all of them.
///
/// Most rules have a literal part; such a rule is tried only on names that contain it.
struct NameRules: Sendable {
    /// A model whose rule matches, and the strength of the match.
    struct Fit {
        var strength: NamePattern.Strength
        var model: Int
        var isFree: Bool
        /// Whether the price is that of a similar name.
        var isSimilar = false
    }

    private enum Shape { case equals, prefix, suffix, contains, other(Int) }

    private struct Use: Sendable {
        let shape: Shape
        let model: Int
        /// The rule's index among all; of equally good rules the first one wins.
        let order: Int
    }

    /// The number of models with rules.
    let modelCount: Int
    private let finder: LiteralFinder
    private let lengths: [Int]
    /// The rules by the number of their literal part.
    private let uses: [[Use]]
    /// The rules without a literal part, which are tried on every name.
    private let unguarded: [Use]
    private let others: [NamePattern]
    /// Restricts the names that rules match; `nil` for rules that apply to every matching name.
    private let rest: RuleRest?

    /// Prepares rules.
    ///
    /// - Parameters:
    ///   - models: The models by their numbers with their rules; of equally good rules the first one wins.
    ///   - rest: Restricts the names that rules match; `nil` for the rules of price files, which apply to every matching name.
    init(_ models: [(model: Int, patterns: [NamePattern])], rest: RuleRest? = nil) {
        self.rest = rest
        var numbers: [[UInt8]: Int] = [:]
        var literals: [[UInt8]] = []
        var uses: [[Use]] = []
        var unguarded: [Use] = []
        var others: [NamePattern] = []
        var order = 0
        var room = LiteralFinder.largest
        func add(_ shape: Shape, _ literal: [UInt8], _ model: Int) {
            order += 1
            let use = Use(shape: shape, model: model, order: order)
            guard !literal.isEmpty else { return unguarded.append(use) }
            let number = numbers[literal] ?? literals.count
            if number == literals.count {
                room -= literal.count
                numbers[literal] = number
                literals.append(literal)
                uses.append([])
            }
            uses[number].append(use)
        }
        // The rules of very large price files are tried one by one.
        func fits(_ literal: [UInt8]) -> Bool { !literal.isEmpty && literal.count <= room }
        func add(_ pattern: NamePattern, _ model: Int) {
            let literal = pattern.requiredText
            switch pattern {
            case .equals where fits(literal): add(.equals, literal, model)
            case .prefix where fits(literal): add(.prefix, literal, model)
            case .suffix where fits(literal): add(.suffix, literal, model)
            case .contains where fits(literal): add(.contains, literal, model)
            case .any(let rules): for rule in rules { add(rule, model) }
            case .unsupported: break
            default:
                others.append(pattern)
                add(.other(others.count - 1), fits(literal) ? literal : [], model)
            }
        }
        for (model, patterns) in models {
            for pattern in patterns { add(pattern, model) }
        }
        modelCount = models.count
        finder = LiteralFinder(literals)
        lengths = literals.map(\.count)
        self.uses = uses
        self.unguarded = unguarded
        self.others = others
    }

    /// The model whose rule matches best: by the longest literal, then prefix before suffix before contains before all others,
    /// then the more likely spelling, then the order of the rules.
    func best(for candidates: ArraySlice<ModelNames.Candidate>) -> Fit? {
        var best: Fit?
        for candidate in candidates {
            // The rule does not name the geography that the spelling lacks, where prices may differ.
            if rest != nil, candidate.lacksGeography { continue }
            guard let found = fit(candidate) else { continue }
            if let best, best.strength >= found.strength { continue }
            best = found
        }
        return best
    }

    private func fit(_ candidate: ModelNames.Candidate) -> Fit? {
        var best: (use: Use, strength: NamePattern.Strength, isSimilar: Bool)?
        let name = candidate.bytes
        func offer(_ use: Use, _ strength: NamePattern.Strength?, _ named: @autoclosure () -> Range<Int>?) {
            guard let strength else { return }
            if let best, (best.strength, use.order) > (strength, best.use.order) { return }
            guard let rest else {
                best = (use, strength, false)
                return
            }
            guard let named = named(), let meaning = rest.meaning(of: name, naming: named) else { return }
            best = (use, strength, meaning == .similar)
        }
        // A name may contain a literal part many times; each rule is tried only once.
        var tried: Set<Int> = []
        func offer(_ use: Use, other number: Int) {
            offer(use, others[number].strength(for: candidate.name), others[number].namedPart(of: name))
        }
        finder.forEach(in: name) { text, range in
            for use in uses[text] {
                let rank: Int
                switch use.shape {
                case .equals where range.count == name.count: rank = 4
                case .prefix where range.lowerBound == 0: rank = 3
                case .suffix where range.upperBound == name.count: rank = 2
                case .contains: rank = 1
                case .other(let number):
                    if tried.insert(number).inserted { offer(use, other: number) }
                    continue
                default: continue
                }
                offer(use, NamePattern.Strength(literalLength: lengths[text], rank: rank), range)
            }
        }
        for use in unguarded {
            if case .other(let number) = use.shape { offer(use, other: number) }
        }
        return best.map {
            Fit(
                strength: $0.strength, model: $0.use.model, isFree: candidate.isFree,
                isSimilar: $0.isSimilar)
        }
    }
}
