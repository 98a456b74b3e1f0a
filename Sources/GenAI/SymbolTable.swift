// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The texts behind symbols, shared by everyone who makes or reads them.
///
/// Each vocabulary grows up to a ceiling of its own and never shrinks; a value that comes after that becomes
/// ``Symbol/overflow`` and is counted.
package final class SymbolTable: Sendable {
    private struct State {
        var texts = ["", "__overflow__"]
        var symbols: [String: Symbol] = ["": .absent, "__overflow__": .overflow]
        var members: [Vocabulary: Set<Symbol>] = [:]
        var overflows: [Vocabulary: UInt64] = [:]
    }

    private let state = Mutex(State())
    private let limits: [Vocabulary: Int]

    /// A secret of the process for hashes of texts that senders choose; hashes of all who share the table compare.
    package let salt = UInt64.random(in: .min ... .max)

    /// Makes a table that knows the empty text and `__overflow__`.
    ///
    /// - Parameter limits: How many different texts a vocabulary may have, where that differs from
    ///   ``Vocabulary/defaultLimit``.
    package init(limits: [Vocabulary: Int] = [:]) {
        self.limits = limits
    }

    /// The symbol of a text.
    ///
    /// - Parameters:
    ///   - text: A value as reported.
    ///   - vocabulary: What the value is, which says how many different ones there may be.
    /// - Returns: ``Symbol/overflow`` when the text is new to a vocabulary that is full.
    package func symbol(for text: String, in vocabulary: Vocabulary) -> Symbol {
        state.withLock { state in
            if let known = state.symbols[text], known.isReserved || state.members[vocabulary]?.contains(known) == true {
                return known
            }
            let limit = limits[vocabulary] ?? vocabulary.defaultLimit
            guard state.members[vocabulary]?.count ?? 0 < limit else {
                state.overflows[vocabulary, default: 0] += 1
                return .overflow
            }
            let symbol = state.symbols[text] ?? Symbol(number: UInt32(state.texts.count))
            if symbol.number == state.texts.count {
                state.texts.append(text)
                state.symbols[text] = symbol
            }
            state.members[vocabulary, default: []].insert(symbol)
            return symbol
        }
    }

    /// Counts a value that is longer than ``longestText``, whose symbol is ``Symbol/overflow``.
    package func noteTooLong(in vocabulary: Vocabulary) {
        state.withLock { $0.overflows[vocabulary, default: 0] += 1 }
    }

    /// The text of a symbol that this table made.
    package func text(of symbol: Symbol) -> String {
        state.withLock { $0.texts[Int(symbol.number)] }
    }

    /// How often a value of a vocabulary overflowed.
    ///
    /// Values met again by the same reader are not counted again.
    package func overflows(of vocabulary: Vocabulary) -> UInt64 {
        state.withLock { $0.overflows[vocabulary] ?? 0 }
    }

    /// The longest text that becomes a symbol, in bytes: resource names of clouds fit, prompts do not.
    package static let longestText = 256
}

/// What a symbol's text is; each has a ceiling of its own, so that one that runs wild leaves the others alone.
package enum Vocabulary: String, CaseIterable, Sendable {
    case model
    case provider
    case operation
    case errorType = "error_type"
    case serverAddress = "server_address"
    case tier
    case inferenceGeo = "inference_geo"
    /// Values of the labels that settings add.
    case label

    /// How many different texts it may have by default.
    package var defaultLimit: Int {
        switch self {
        case .model: 10_000
        case .provider: 1_000
        // Ten names are known; the rest are names that emitters made up.
        case .operation: 40
        case .errorType: 100
        case .serverAddress: 1_000
        case .tier, .inferenceGeo: 50
        case .label: 10_000
        }
    }
}

extension Symbol {
    fileprivate var isReserved: Bool { self == .absent || self == .overflow }
}
