// SPDX-License-Identifier: Apache-2.0
import Reports

/// What a page is about, as its URL states it: the period, the calls, and how they are grouped and ordered.
struct PageScope: Equatable {
    /// The period by name; `nil` for one with bounds of its own.
    var named: NamedPeriod?
    /// The bounds of a period without a name.
    var from = ""
    var to = ""
    /// The conditions, each in the syntax of the parameter `where` of questions.
    var filters: [String] = []
    /// The fact or dimension that tables group by.
    var key: String
    /// What rows are ordered by, where a page offers a choice.
    var order: String

    /// The parameters of pages.
    static let names = ["period", "from", "to", "where", "by", "order"]
    /// The names that pages give to parameters of questions, where they differ.
    static let namesByQuestion = ["group_by": "by", "order_by": "order"]
    /// Not a setting: further conditions are refused.
    private static let mostFilters = 20

    /// The parameters that have these values are left out of links.
    private let usual: (named: NamedPeriod, key: String, order: String)

    /// Reads the query of a page.
    ///
    /// - Parameters:
    ///   - parameters: The parameters of the URL.
    ///   - usual: The period of a page whose URL names none.
    ///   - key: The key of a page whose URL names none.
    ///   - order: The order of a page whose URL names none.
    /// - Throws: ``QuestionError`` for an unknown period, and for bounds and a name at once.
    init(
        _ parameters: QuestionParameters, named usual: NamedPeriod = .days, key: String = "model",
        order: String = "cost"
    ) throws(QuestionError) {
        self.usual = (usual, key, order)
        from = try parameters.text("from") ?? ""
        to = try parameters.text("to") ?? ""
        if from.isEmpty, to.isEmpty {
            let text = try parameters.text("period") ?? usual.rawValue
            guard let known = NamedPeriod(rawValue: text) else {
                let names = NamedPeriod.allCases.map(\.rawValue).joined(separator: ", ")
                throw QuestionError("period", "the page knows the periods \(names)", example: usual.rawValue)
            }
            named = known
        }
        for text in parameters.all("where") {
            for condition in Self.conditions(text) where !filters.contains(condition) { filters.append(condition) }
        }
        guard filters.count <= Self.mostFilters else {
            throw QuestionError("where", "there are more than \(Self.mostFilters) conditions", example: "model:gpt-*")
        }
        self.key = try parameters.text("by") ?? key
        self.order = try parameters.text("order") ?? order
    }

    /// What a page without parameters is about.
    static let usual = PageScope()

    private init() { (named, key, order, usual) = (.days, "model", "cost", (.days, "model", "cost")) }

    static func == (left: PageScope, right: PageScope) -> Bool {
        left.query == right.query && left.usual == right.usual
    }

    /// The conditions between commas that no backslash precedes.
    private static func conditions(_ text: String) -> [String] {
        var conditions = [""]
        var isEscaped = false
        for character in text {
            if character == ",", !isEscaped {
                conditions.append("")
            } else {
                conditions[conditions.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        return conditions.map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
    }

    /// A condition that only one value fulfils.
    static func condition(_ key: String, _ value: String) -> String {
        key + ":"
            + value.reduce(into: "") { text, character in
                if "\\,*".contains(character) { text.append("\\") }
                text.append(character)
            }
    }

    // MARK: Questions

    /// The parameters of a question about the period.
    ///
    /// - Parameter more: Further parameters, whose values are percent-encoded here.
    /// - Returns: A query.
    func question(_ more: [(String, String)] = []) -> String {
        let bounds = named?.bounds
        var pairs = [("from", bounds?.from ?? from), ("to", bounds?.to ?? (to.isEmpty ? "now" : to))]
        if from.isEmpty, named == nil { pairs.removeFirst() }
        return Self.query(pairs + filterPairs + more)
    }

    /// The parameters of a question about another period and the same calls.
    func question(from: String, to: String, _ more: [(String, String)] = []) -> String {
        Self.query([("from", from), ("to", to)] + filterPairs + more)
    }

    /// The begin of the period to compare with, as a parameter; none for the period that ends where this one begins.
    var earlier: [(String, String)] { named.map { [("before", $0.bounds.before)] } ?? [] }

    /// What people call the period to compare with.
    var earlierName: String { named?.earlierName ?? "the same time before" }

    // MARK: Links

    /// A link to a page about the same, with changes.
    ///
    /// - Parameters:
    ///   - path: The path, percent-encoded.
    ///   - change: Changes what the page is about.
    /// - Returns: The link as HTML.
    func link(_ path: String, _ change: (inout PageScope) -> Void = { _ in }) -> Markup {
        var scope = self
        change(&scope)
        let query = scope.query
        return query.isEmpty ? "\(path)" : "\(path)?\(query)"
    }

    /// The query of the page's URL.
    var query: String {
        var pairs = periodPairs + filterPairs
        if key != usual.key { pairs.append(("by", key)) }
        if order != usual.order { pairs.append(("order", order)) }
        return Self.query(pairs)
    }

    /// The parameters that state the period, without those that have their usual value.
    var periodPairs: [(String, String)] {
        guard let named else { return [("from", from), ("to", to)].filter { !$0.1.isEmpty } }
        return named == usual.named ? [] : [("period", named.rawValue)]
    }

    private var filterPairs: [(String, String)] {
        filters.isEmpty ? [] : [("where", filters.joined(separator: ","))]
    }

    private static func query(_ pairs: [(String, String)]) -> String {
        pairs.map { "\($0)=\(HTMLText.percentEncoded($1))" }.joined(separator: "&")
    }
}
