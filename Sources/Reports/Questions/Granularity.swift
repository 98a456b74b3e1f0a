// SPDX-License-Identifier: Apache-2.0

/// The length of the periods that the rows of an answer are for.
package enum Granularity: String, CaseIterable, Sendable {
    /// The whole period of the question.
    case total
    case hour, day
    /// From Monday to Sunday.
    case week
    case month

    /// Reads a granularity; ``total`` if none is stated.
    init(_ parameters: QuestionParameters) throws(QuestionError) {
        guard let text = try parameters.text("granularity") else {
            self = .total
            return
        }
        guard let known = Granularity(rawValue: text) else {
            let names = Granularity.allCases.map(\.rawValue).joined(separator: ", ")
            throw QuestionError(
                "granularity", "\(QuestionError.quoted(text)) is none of \(names)", example: "day")
        }
        self = known
    }
}
