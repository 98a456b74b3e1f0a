// SPDX-License-Identifier: Apache-2.0
import GenAI

extension DimensionTable {
    /// The values of a set as texts.
    func values(of set: DimensionSet) -> [(rule: Int, text: String)] {
        var values = DimensionValues()
        read(set.number, into: &values)
        return values.values.map { ($0.rule, values.text(of: $0)) }
    }
}
