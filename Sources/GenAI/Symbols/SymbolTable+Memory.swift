// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The values that have a symbol, to be kept for a later process.
extension SymbolTable {
    /// The values of each vocabulary, in the order in which they came.
    package var memory: [Vocabulary: [String]] {
        state.withLock { state in
            state.members.mapValues { members in
                members.symbols.sorted { $0.number < $1.number }.map { state.texts[Int($0.number)] }
            }
        }
    }

    /// Gives symbols to the values of an earlier process, whatever the limits are now: their series exist.
    ///
    /// The known values must be set already. Limits count the values that are unknown now.
    ///
    /// - Parameter memory: The values of each vocabulary, in the order in which they came.
    package func restore(_ memory: [Vocabulary: [String]]) {
        for (vocabulary, texts) in memory {
            let limit = limits[vocabulary] ?? vocabulary.defaultLimit
            for text in texts where !text.isEmpty {
                let spelling = spelling(of: text, in: vocabulary)
                state.withLock { state in
                    if let spelling {
                        _ = state.admit(text, to: vocabulary, spelling: spelling)
                    } else if state.admit(text, to: vocabulary, limit: limit) == nil {
                        if vocabulary == .model { state.standIns.ownNames += 1 }
                        _ = state.enter(text, in: vocabulary)
                    }
                }
            }
        }
    }
}
