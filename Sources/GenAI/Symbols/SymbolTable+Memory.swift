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
            for text in texts { _ = readmit(text, to: vocabulary) }
        }
    }

    /// The symbol of a value that had one of its own in an earlier process: it gets one again, whatever the limits are now.
    ///
    /// - Parameters:
    ///   - text: The value.
    ///   - vocabulary: Where it had its symbol.
    /// - Returns: The symbol.
    package func readmit(_ text: String, to vocabulary: Vocabulary) -> Symbol {
        if let known = state.withLock({ $0.member(text, of: vocabulary) }) { return known }
        let spelling = spelling(of: text, in: vocabulary)
        let limit = limits[vocabulary] ?? vocabulary.defaultLimit
        return state.withLock { state in
            if let spelling {
                _ = state.admit(text, to: vocabulary, spelling: spelling)
            } else if state.admit(text, to: vocabulary, limit: limit) == nil, vocabulary == .model {
                state.standIns.ownNames += 1
            }
            return state.enter(text, in: vocabulary)
        }
    }

    /// The symbol of a text in whatever vocabulary; `nil` if none has it.
    func anySymbol(of text: String) -> Symbol? { state.withLock { $0.symbols[text] } }
}
