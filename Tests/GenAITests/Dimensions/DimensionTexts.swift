// SPDX-License-Identifier: Apache-2.0
import GenAI

extension DimensionTable {
    /// The values of a set as texts.
    func values(of set: DimensionSet) -> [(rule: Int, text: String)] { values(ofNumber: set.number) }

    /// The values of a set or of a base as texts.
    func values(ofNumber number: UInt32) -> [(rule: Int, text: String)] {
        var values = DimensionValues()
        read(number, into: &values)
        return values.values.map { ($0.rule, values.text(of: $0)) }
    }
}
