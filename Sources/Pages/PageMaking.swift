// SPDX-License-Identifier: Apache-2.0
import Pricing
import Reports

/// Makes pages of one state of the stored rows.
struct PageMaking {
    let answers: StoredAnswers
    let pages: CostPages
    let surroundings: CostPages.Surroundings
    let time: PageTime

    init(_ answers: StoredAnswers, pages: CostPages, _ surroundings: CostPages.Surroundings) {
        (self.answers, self.pages, self.surroundings) = (answers, pages, surroundings)
        time = PageTime(calendar: answers.clock.calendar)
    }

    /// The dimensions that are used for naming people and what they do.
    private static let hidden: Set<String> = ["user", "session", "trace"]

    private static func isHidden(_ key: GroupKey) -> Bool {
        switch key {
        case .fact(let fact): hidden.contains(fact.rawValue)
        case .dimension(let name): hidden.contains(name)
        }
    }

    /// Whether pages may name users.
    var namesUsers: Bool { pages.rule == .all }

    /// The facts and dimensions by which tables can be grouped.
    var keys: [String] {
        let facts = ["model", "provider", "operation", "source"]
        let others = ["tier", "region", "server", "error"]
        let dimensions = answers.context.dimensions.filter { !facts.contains($0) && !others.contains($0) }
        return (facts + dimensions + others).filter { namesUsers || !Self.hidden.contains($0) }
    }

    /// Reads what a page is about.
    ///
    /// - Throws: ``AnswerFailure`` for wrong parameters, and for a key or condition that names users where pages may not.
    func scope(
        _ query: String?, more: [String] = [], named: NamedPeriod = .days, key: String = "model", order: String = "cost"
    ) throws(AnswerFailure) -> (scope: PageScope, parameters: QuestionParameters) {
        do throws(QuestionError) {
            let parameters = try QuestionParameters(query: query, known: PageScope.names + more)
            let scope = try PageScope(parameters, named: named, key: key, order: order)
            // Read as the engine reads it, so that no way to write a key gets around the setting.
            let question = try Self.question(scope.question([("group_by", scope.key)]), answers.context)
            guard question.keys.count == 1 else {
                throw QuestionError("by", "a page groups by one fact or dimension", example: "model")
            }
            let keys = question.keys + question.filter.clauses.map(\.key)
            guard namesUsers || !keys.contains(where: Self.isHidden) else {
                throw QuestionError("by", "pages do not name users here (web.pages: overview)", example: "model")
            }
            return (scope, parameters)
        } catch { throw .question(error) }
    }

    /// The frame of a page.
    func frame(_ title: String, _ current: PageFrame.Entry?) throws(AnswerFailure) -> PageFrame {
        var frame = PageFrame(title: title, current: current, pages.rule, surroundings)
        let now = answers.clock.now
        let clock = time.clock(now.dividedDown(by: 60))
        var age: Markup = "As of \(clock) \(time.calendar.zone.name)"
        if let latest = try answers.latestMinute() {
            let seconds = UInt64(max(0, now - latest * 60))
            age = "\(age); latest call \(seconds < 120 ? "now" : PageFigures.ago(0, now: seconds * 1_000_000_000))"
        }
        frame.age = age
        return frame
    }

    /// The filters above the content of a page.
    ///
    /// - Parameters:
    ///   - scope: What the page is about.
    ///   - path: The path of the page.
    ///   - choices: The lists to choose from: parameter, label, values with names, and the present value.
    /// - Returns: HTML.
    func filters(
        _ scope: PageScope, _ path: String,
        _ choices: [(field: String, label: String, options: [(value: String, name: String)], current: String)]
    ) -> Markup {
        let periods: [Part] = NamedPeriod.allCases.map { period in
            [
                "name": "\(period.name)", "isCurrent": .flag(scope.named == period),
                "href": .markup(
                    scope.link(path) {
                        $0.named = period
                        ($0.from, $0.to) = ("", "")
                    }),
            ]
        }
        let chips: [Part] = scope.filters.map { condition in
            [
                "text": "\(condition)",
                "href": .markup(scope.link(path) { $0.filters.removeAll { $0 == condition } }),
            ]
        }
        return Template.filters.filled([
            "periods": .parts(periods), "action": "\(path)",
            "hidden": .parts(scope.periodPairs.map { ["name": "\($0.0)", "value": "\($0.1)"] }),
            "choices": .parts(
                choices.map { choice in
                    [
                        "field": "\(choice.field)", "label": "\(choice.label)",
                        "options": .parts(
                            choice.options.map {
                                [
                                    "value": "\($0.value)", "name": "\($0.name)",
                                    "isCurrent": .flag($0.value == choice.current),
                                ]
                            }),
                    ]
                }),
            "where": "\(scope.filters.joined(separator: ","))", "example": "model:gpt-*",
            "hasChips": .flag(!chips.isEmpty), "chips": .parts(chips),
        ])
    }

    /// The list of facts and dimensions as a choice.
    func keyChoice(_ scope: PageScope) -> (
        field: String, label: String, options: [(value: String, name: String)], current: String
    ) {
        ("by", "Group by", keys.map { ($0, Self.words(of: $0)) }, scope.key)
    }

    /// What people call a fact or dimension.
    static func words(of key: String) -> String { key.replacing("_", with: " ") }

    /// Where the row of a group leads; `nil` for nowhere.
    func link(_ key: String, _ value: String, _ scope: PageScope) -> Markup? {
        guard !value.isEmpty, value != "__overflow__" else { return nil }
        switch key {
        case "model": return scope.link(PageAddress.path(ofModel: value)) { ($0.key, $0.order) = ("model", "cost") }
        case "session": return "\(PageAddress.path(ofSession: value))"
        case Self.reasonKey:
            return scope.link("/unpriced") {
                // The page asks for both sources itself.
                $0.filters.removeAll { $0.hasPrefix("source:") }
                $0.filters.append(PageScope.condition(key, value))
                ($0.key, $0.order) = ("model", "cost")
            }
        default:
            return scope.link("/") {
                $0.filters.append(PageScope.condition(key, value))
                ($0.key, $0.order) = ("model", "cost")
            }
        }
    }

    private static func question(_ query: String, _ context: QuestionContext) throws(QuestionError) -> CostQuestion {
        do { return try CostQuestion(query: query, context: context) } catch {
            throw error.renamed(PageScope.namesByQuestion)
        }
    }

    /// Asks for costs.
    func costs(_ query: String) throws(AnswerFailure) -> CostAnswer {
        try asking { answers throws(AnswerFailure) in try answers.costs(query: query) }
    }

    /// Asks a question; an error names the parameters of the page.
    func asking<T>(_ question: (StoredAnswers) throws(AnswerFailure) -> T) throws(AnswerFailure) -> T {
        do { return try question(answers) } catch { throw error.renamed(PageScope.namesByQuestion) }
    }
}

extension Int64 {
    /// The quotient rounded down.
    func dividedDown(by divisor: Int64) -> Int64 { self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor) }
}
