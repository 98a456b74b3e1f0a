// SPDX-License-Identifier: Apache-2.0
import GenAI

extension TokenUsage {
    /// All tokens sent to the model.
    ///
    /// Checks every count first, so that no sum can overflow.
    ///
    /// - Throws: ``UnpricedReason/invalidUsage`` for a count below zero or from 2^50.
    func checkedTotalInput() throws(UnpricedReason) -> Int64 {
        var allBits: Int64 = 0
        var total: Int64 = 0
        for tokenClass in classes {
            let tokens = self[tokenClass]
            allBits |= tokens
            if tokenClass.isInputSide { total &+= tokens }
        }
        guard allBits >> 50 == 0 else { throw .invalidUsage }
        return total
    }
}
