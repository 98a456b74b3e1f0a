// SPDX-License-Identifier: Apache-2.0
import Notation

/// What the calls of one row have in common, and what a filter asks for.
package enum GroupKey: Hashable, Sendable {
    /// A fact of every call.
    case fact(Fact)
    /// A dimension or label that settings add.
    case dimension(String)

    /// A fact of every call that has few values.
    package enum Fact: String, CaseIterable, Sendable {
        // Those of the lines, which roll-ups are by.
        case model, provider, operation, source
        // Those of single calls.
        case answeredModel = "answered_model"
        case requestedModel = "requested_model"
        case tier, region, server, error, dialect, tenant
        case unpricedReason = "unpriced_reason"
        case trace

        /// Whether roll-ups have it.
        var isOfLine: Bool {
            switch self {
            case .model, .provider, .operation, .source: true
            default: false
            }
        }
    }

    /// The name before a dimension that is called like a fact or another member of rows.
    static let prefix = "label:"

    /// The members of rows that are no facts: those of costs, and those of changes.
    private static let members: Set<String> = Set(
        Measure.all.map(\.name) + [
            "time", Figures.knownName, Figures.knownAdjustedName, "reason", "provisional", "before", "after", "change",
            "calls_before", "calls_after",
        ])

    /// The name in answers.
    package var name: String {
        switch self {
        case .fact(let fact): fact.rawValue
        case .dimension(let name):
            Fact(rawValue: name) == nil && !Self.members.contains(name) ? name : Self.prefix + name
        }
    }

    /// Reads a key.
    ///
    /// - Parameters:
    ///   - text: The name of a fact, or of a dimension, which may have `label:` before it.
    ///   - parameter: The parameter that states it.
    ///   - dimensions: The names of the dimensions that are kept.
    /// - Throws: ``QuestionError`` for any other text.
    init(_ text: String, parameter: String, dimensions: [String]) throws(QuestionError) {
        if let fact = Fact(rawValue: text) {
            self = .fact(fact)
            return
        }
        let name = text.hasPrefix(Self.prefix) ? String(text.dropFirst(Self.prefix.count)) : text
        guard dimensions.contains(name) else {
            let names = Fact.allCases.map(\.rawValue) + dimensions
            let nearest = EditDistance.nearest(to: text, among: names, atMost: max(2, text.utf8.count / 3))
            let hint = nearest.map { "did you mean \($0)? " } ?? ""
            throw QuestionError(
                parameter,
                "calls have no \(QuestionError.quoted(text)); \(hint)choose from \(names.joined(separator: ", "))",
                example: parameter == "where" ? "model:gpt-*" : "model")
        }
        self = .dimension(name)
    }

    /// Reads the keys of `group_by`.
    ///
    /// - Throws: ``QuestionError`` for an unknown one, one that is stated twice, or more than ``most``.
    static func list(
        _ parameters: QuestionParameters, dimensions: [String], named parameter: String = "group_by"
    ) throws(QuestionError) -> [GroupKey] {
        var keys: [GroupKey] = []
        for word in parameters.words(parameter) {
            let key = try GroupKey(word, parameter: parameter, dimensions: dimensions)
            guard !keys.contains(key) else {
                throw QuestionError(parameter, "\(key.name) is stated twice", example: "model,user")
            }
            keys.append(key)
        }
        guard keys.count <= most else {
            throw QuestionError(parameter, "there are more than \(most) keys", example: "model,user")
        }
        return keys
    }

    /// The largest number of keys in one question.
    static let most = 6
}
