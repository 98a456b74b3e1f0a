// SPDX-License-Identifier: Apache-2.0

/// How many series some families may have, and how many they have.
struct SeriesRoom: Sendable {
    /// The largest number of Prometheus series; beyond it, only overflow series are made.
    let ceiling: Int
    /// The largest number of these that may have an unknown label value.
    let unknownCeiling: Int
    private(set) var count = 0
    private(set) var unknownCount = 0

    init(ceiling: Int, unknownCeiling: Int) { (self.ceiling, self.unknownCeiling) = (ceiling, unknownCeiling) }

    /// Whether so many more series fit.
    func fits(_ more: Int) -> Bool { count + more <= ceiling }

    /// Whether so many more series with an unknown label value fit.
    func fitsUnknown(_ more: Int) -> Bool { fits(more) && unknownCount + more <= unknownCeiling }

    /// Takes places, whether or not they fit.
    mutating func take(_ more: Int) { count += more }

    /// Notes that so many of the places are those of series with an unknown label value.
    mutating func noteUnknown(_ more: Int) { unknownCount += more }

    /// Frees the place of a series.
    mutating func free(isUnknown: Bool) {
        count -= 1
        if isUnknown { unknownCount -= 1 }
    }
}
