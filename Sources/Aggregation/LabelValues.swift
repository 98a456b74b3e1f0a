// SPDX-License-Identifier: Apache-2.0
import Notation

/// The label values of one series.
///
/// A value is *known* if it comes from a bounded set that no sender can extend.
package struct LabelValues: Sendable {
    /// One value for each label of a family, in its order; an absent one is empty.
    package private(set) var texts: [String] = []
    /// For each unknown value, its replacement if there is no room for unknown values; `nil` for a known value.
    private var substitutes: [String?] = []

    package init() {}

    /// Makes the values of a family's labels; values of open labels are unknown.
    init(_ texts: [String], of labels: [LabelName]) {
        self.texts = texts
        substitutes = zip(texts, labels).map { $1.isOpen && $0 != OverflowValue.text ? OverflowValue.text : nil }
    }

    /// Whether every value is known.
    package var areKnown: Bool { substitutes.allSatisfy { $0 == nil } }

    /// The values, with each unknown one replaced by its substitute.
    var known: [String] { zip(texts, substitutes).map { $1 ?? $0 } }

    /// Adds the value of the next label.
    ///
    /// - Parameters:
    ///   - text: The value; an empty value and `__overflow__` are always known.
    ///   - isKnown: Whether the value is known.
    ///   - substitute: The known value that replaces it if there is no room; `__overflow__` by default.
    package mutating func append(_ text: String, isKnown: Bool = true, substitute: String? = nil) {
        texts.append(text)
        let isHarmless = isKnown || text.isEmpty || text == OverflowValue.text
        substitutes.append(isHarmless ? nil : substitute ?? OverflowValue.text)
    }

    /// These values and one more.
    package func adding(_ text: String, isKnown: Bool = true, substitute: String? = nil) -> Self {
        var values = self
        values.append(text, isKnown: isKnown, substitute: substitute)
        return values
    }

    /// The values of both, in order.
    package static func + (left: Self, right: Self) -> Self {
        var values = left
        values.texts += right.texts
        values.substitutes += right.substitutes
        return values
    }
}
