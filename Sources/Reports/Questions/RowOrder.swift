// SPDX-License-Identifier: Apache-2.0

/// The order of an answer's rows.
package struct RowOrder: Sendable, Equatable {
    /// What rows are compared by.
    package enum Field: Sendable, Equatable {
        case time
        /// The key with this index in the question's `group_by`.
        case group(Int)
        case measure(Measure)
    }

    /// What rows are compared by, the most important first; rows that are equal in all of it are in the order of time and values.
    package private(set) var fields: [(field: Field, isDescending: Bool)]

    package static func == (left: RowOrder, right: RowOrder) -> Bool {
        left.fields.elementsEqual(right.fields) { $0.field == $1.field && $0.isDescending == $1.isDescending }
    }

    /// The dearest first, the earliest period before all others.
    static func usual(_ granularity: Granularity, _ measures: [Measure]) -> RowOrder {
        let first = measures.contains(.cost) ? Measure.cost : measures[0]
        let time: [(field: Field, isDescending: Bool)] = granularity == .total ? [] : [(.time, false)]
        return RowOrder(fields: time + [(.measure(first), true)])
    }

    /// By one measure, the largest first.
    static func descending(_ measure: Measure) -> RowOrder { RowOrder(fields: [(.measure(measure), true)]) }

    private init(fields: [(field: Field, isDescending: Bool)]) { self.fields = fields }

    /// Reads the parameter `order_by`: `time`, keys and measures of the question between commas, `-` before what descends.
    ///
    /// - Parameters:
    ///   - parameters: The parameters of the question.
    ///   - granularity: The length of the rows' periods.
    ///   - keys: The keys of the question.
    ///   - measures: The measures of the question.
    /// - Throws: ``QuestionError`` for what no row has.
    init(
        _ parameters: QuestionParameters, _ granularity: Granularity, _ keys: [GroupKey], _ measures: [Measure]
    ) throws(QuestionError) {
        let words = parameters.words("order_by")
        guard !words.isEmpty else {
            self = .usual(granularity, measures)
            return
        }
        let names = (granularity == .total ? [] : ["time"]) + keys.map(\.name) + measures.map(\.name)
        guard words.count <= names.count else {
            throw QuestionError("order_by", "rows have only \(names.count) fields", example: "-\(measures[0].name)")
        }
        fields = []
        for word in words {
            let name = word.hasPrefix("-") ? String(word.dropFirst()) : word
            let field: Field
            if name == "time", granularity != .total {
                field = .time
            } else if let index = keys.firstIndex(where: { $0.name == name }) {
                field = .group(index)
            } else if let measure = measures.first(where: { $0.name == name }) {
                field = .measure(measure)
            } else {
                throw QuestionError(
                    "order_by",
                    "rows of this question have no \(QuestionError.quoted(name)); choose from \(names.joined(separator: ", "))",
                    example: "-\(measures[0].name)")
            }
            fields.append((field, word.hasPrefix("-")))
        }
    }
}
