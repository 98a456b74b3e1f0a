// SPDX-License-Identifier: Apache-2.0

/// The label values of one series, and which of them are known: values that senders make up could be without number.
package struct LabelValues: Sendable {
    /// One value for each label of a family, in its order; an absent one is empty.
    package private(set) var texts: [String] = []
    /// For each value what stands in for it where there is no room for unknown ones; `nil` for a known value, which stays.
    private var substitutes: [String?] = []

    package init() {}

    /// Makes values for the labels of a family: those of open labels are unknown.
    init(_ texts: [String], of labels: [LabelName]) {
        self.texts = texts
        substitutes = zip(texts, labels).map { $1.isOpen && $0 != OverflowLabels.marker ? OverflowLabels.marker : nil }
    }

    /// Whether every value is known.
    package var areKnown: Bool { substitutes.allSatisfy { $0 == nil } }

    /// The known values, and what stands in for the others.
    var known: [String] { zip(texts, substitutes).map { $1 ?? $0 } }

    /// Adds the value of the next label.
    ///
    /// - Parameters:
    ///   - text: The value; the empty one and `__overflow__` are always known.
    ///   - isKnown: Whether it is one of a number of values that no sender can raise.
    ///   - substitute: A known value that stands in for it where there is no room; `__overflow__` by default.
    package mutating func append(_ text: String, isKnown: Bool = true, substitute: String? = nil) {
        texts.append(text)
        let isHarmless = isKnown || text.isEmpty || text == OverflowLabels.marker
        substitutes.append(isHarmless ? nil : substitute ?? OverflowLabels.marker)
    }

    /// The same with one more value.
    package func adding(_ text: String, isKnown: Bool = true, substitute: String? = nil) -> Self {
        var values = self
        values.append(text, isKnown: isKnown, substitute: substitute)
        return values
    }

    /// The same with the values of further labels.
    package static func + (left: Self, right: Self) -> Self {
        var values = left
        values.texts += right.texts
        values.substitutes += right.substitutes
        return values
    }
}
