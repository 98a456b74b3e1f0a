// SPDX-License-Identifier: Apache-2.0
import Notation

/// What calls of one row of a report have in common.
package enum Grouping: Hashable, Sendable {
    /// The `model` label.
    case model
    /// The provider whose prices hold.
    case provider
    /// The operation in the conventions' words.
    case operation
    /// The day on which the call ended, in the zone of the report.
    case day
    /// The month of that day.
    case month
    /// A label that settings add.
    case label(String)

    /// The groupings that need no settings.
    private static let builtIn: [Grouping] = [.model, .provider, .operation, .day, .month]
    private static let labelPrefix = "label:"

    /// The name at the head of its column.
    package var name: String {
        switch self {
        case .model: "model"
        case .provider: "provider"
        case .operation: "operation"
        case .day: "day"
        case .month: "month"
        case .label(let name): name
        }
    }

    /// Whether rows are sorted by it first, the earliest first.
    var isTime: Bool { self == .day || self == .month }

    /// Reads a grouping.
    ///
    /// - Parameters:
    ///   - text: A name as of ``name``, or `label:` and the name of a label, also one that is called `day`.
    ///   - labels: The labels that settings add.
    /// - Throws: ``GroupingError`` for any other text.
    package init(_ text: String, labels: [String]) throws(GroupingError) {
        if let known = Self.builtIn.first(where: { $0.name == text }) {
            self = known
            return
        }
        let name = text.hasPrefix(Self.labelPrefix) ? String(text.dropFirst(Self.labelPrefix.count)) : text
        guard labels.contains(name) else { throw GroupingError(text: text, labels: labels) }
        self = .label(name)
    }

    /// All names that ``init(_:labels:)`` accepts.
    static func names(labels: [String]) -> [String] { builtIn.map(\.name) + labels }
}

/// A name by which nothing can be grouped.
package struct GroupingError: Error, CustomStringConvertible, Equatable {
    let text: String
    let labels: [String]

    package var description: String {
        let names = Grouping.names(labels: labels)
        let known = names.joined(separator: ", ")
        let nearest = EditDistance.nearest(to: text, among: names, atMost: max(2, text.utf8.count / 3))
        let hint = nearest.map { "did you mean '\($0)'? " } ?? ""
        let advice = labels.isEmpty ? "; labels of your own come from 'labels' in the settings, see --config.file" : ""
        return "calls cannot be grouped by '\(ShownText.plain(text))'; \(hint)choose from \(known)\(advice)"
    }
}
