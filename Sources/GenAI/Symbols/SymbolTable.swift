// SPDX-License-Identifier: Apache-2.0
import Notation
import Synchronization

/// The texts of symbols, shared by all who make or read them.
///
/// Each vocabulary grows up to its own limit and never shrinks; further values become ``Symbol/overflow`` and are counted. The
/// limit does not apply to known values (``KnownValues``), which always get a symbol.
package final class SymbolTable: Sendable {
    let state = Mutex(SymbolStore())
    private let known = Mutex(Known())
    let limits: [Vocabulary: Int]
    private let ownNameLimit: Int

    /// The known values, and the edition of the stand-ins that were made with them.
    private struct Known {
        var values: (any KnownValues)?
        var edition = 0
    }

    /// A secret of the process for hashes of texts that senders choose; all who share the table use the same.
    package let salt: UInt64

    /// Makes a table that knows the empty text and `__overflow__`.
    ///
    /// - Parameters:
    ///   - limits: The largest number of unknown texts of a vocabulary, if not ``Vocabulary/defaultLimit``.
    ///   - ownNameLimit: The number of model names beyond the limit that get a symbol of their own because they have a meaning.
    ///   - salt: The secret for hashes of texts; one that outlives the process if the hashes do.
    package init(
        limits: [Vocabulary: Int] = [:], ownNameLimit: Int = 1_000, salt: UInt64 = .random(in: .min ... .max)
    ) {
        self.salt = salt
        self.limits = limits
        self.ownNameLimit = ownNameLimit
    }

    /// Replaces the known values; symbols already given stay.
    ///
    /// An ``Interpreter`` caches symbols, so every reader needs a new one afterwards.
    package func know(_ values: any KnownValues) {
        // The meanings of all other values may have changed.
        let edition = state.withLock { $0.standIns.beginEdition() }
        known.withLock { $0 = Known(values: values, edition: edition) }
    }

    /// Whether a text is a known value; an empty text and `__overflow__` are.
    package func knows(_ text: String, in vocabulary: Vocabulary) -> Bool {
        text.isEmpty || text == OverflowValue.text || spelling(of: text, in: vocabulary) != nil
    }

    func spelling(of text: String, in vocabulary: Vocabulary) -> String? {
        if ConventionalValues.contain(text, in: vocabulary) { return text }
        return known.withLock { $0.values }?.spelling(of: text, in: vocabulary)
    }

    /// The symbol of a text.
    ///
    /// - Parameters:
    ///   - text: A value as reported.
    ///   - vocabulary: The vocabulary of the value, which has a limit.
    /// - Returns: The symbol; ``Symbol/overflow`` if the text is unknown and new and the vocabulary is full. A model's name may
    ///   then have a ``standIn(for:provider:host:tenantClass:)``.
    package func symbol(for text: String, in vocabulary: Vocabulary) -> Symbol {
        if let known = state.withLock({ $0.member(text, of: vocabulary) }) { return known }
        let spelling = spelling(of: text, in: vocabulary)
        let limit = limits[vocabulary] ?? vocabulary.defaultLimit
        let admitted = state.withLock { state in
            guard let spelling else { return state.admit(text, to: vocabulary, limit: limit) }
            return state.admit(text, to: vocabulary, spelling: spelling)
        }
        if let admitted { return admitted }
        switch vocabulary {
        case .model where known.withLock { $0.values != nil }: return .overflow
        case .serverAddress:
            let standIn = standIn { values in
                values.meaning(ofHost: text)
            } make: { state, meaning in
                state.standIn(for: text, meaning, in: vocabulary)
            }
            if let standIn { return standIn }
        default: break
        }
        noteOverflow(in: vocabulary)
        return .overflow
    }

    /// The symbol for the meaning of a value; `nil` for a value without a meaning.
    private func standIn(
        _ meaning: (any KnownValues) -> ValueMeaning?, make: (inout SymbolStore, ValueMeaning) -> Symbol
    ) -> Symbol? {
        while true {
            let known = known.withLock { $0 }
            guard let values = known.values, let meaning = meaning(values) else { return nil }
            let symbol = state.withLock { state in
                // A meaning is valid only with the known values that it was made from.
                state.standIns.edition == known.edition ? make(&state, meaning) : nil
            }
            if let symbol { return symbol }
        }
    }

    /// The symbol that stands in for a model's name without a symbol of its own.
    ///
    /// The first few such names get a symbol of their own. Further ones share a symbol if they have the same prices; it is
    /// shown as the model's id.
    ///
    /// - Parameters:
    ///   - text: The name as reported, whose symbol is ``Symbol/overflow``.
    ///   - provider: The symbol of the call's provider.
    ///   - host: The symbol of the call's host.
    ///   - tenantClass: The class of tenants that the call belongs to.
    /// - Returns: The symbol; ``Symbol/overflow``, which is counted, for a name without a meaning.
    package func standIn(for text: String, provider: Symbol, host: Symbol, tenantClass: UInt32) -> Symbol {
        if let known = state.withLock({ $0.member(text, of: .model) }) { return known }
        let (provider, host) = (self.text(of: provider), meantText(of: host))
        let standIn = standIn { values in
            values.meaning(ofModel: text, provider: provider, host: host, tenantClass: tenantClass)
        } make: { state, meaning in
            guard state.standIns.ownNames < ownNameLimit else { return state.standIn(for: text, meaning, in: .model) }
            state.standIns.ownNames += 1
            return state.enter(text, in: .model)
        }
        if let standIn { return standIn }
        // Without known values, `symbol(for:in:)` has counted the overflow already.
        if known.withLock({ $0.values != nil }) { noteOverflow(in: .model) }
        return .overflow
    }

    /// Counts a value that is longer than ``longestText``, whose symbol is ``Symbol/overflow``.
    package func noteTooLong(in vocabulary: Vocabulary) { noteOverflow(in: vocabulary) }

    private func noteOverflow(in vocabulary: Vocabulary) {
        state.withLock { $0.members[vocabulary, default: SymbolStore.Members()].overflows += 1 }
    }

    /// The text by which a symbol of this table is shown.
    package func text(of symbol: Symbol) -> String {
        state.withLock { $0.texts[Int(symbol.number)] }
    }

    /// The text by which a symbol is priced: the full text of a value as reported.
    package func meantText(of symbol: Symbol) -> String {
        state.withLock { $0.standIns.meantTexts[symbol.number] ?? $0.texts[Int(symbol.number)] }
    }

    /// Whether a symbol stands for several values.
    package func isStandIn(_ symbol: Symbol) -> Bool {
        state.withLock { $0.standIns.meantTexts[symbol.number] != nil }
    }

    /// The number of values of a vocabulary that got ``Symbol/overflow``.
    ///
    /// A value that the same reader sees again is not counted again.
    package func overflows(of vocabulary: Vocabulary) -> UInt64 {
        state.withLock { $0.members[vocabulary]?.overflows ?? 0 }
    }

    /// The length of the longest text with a symbol, in bytes: resource names of clouds fit, prompts do not.
    package static let longestText = 256
}

/// The kinds of texts of symbols.
///
/// Each has its own limit, so that a flood of values in one does not affect the others.
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

    /// Whether ``AbsentWords`` count as absent; errors and labels of the settings may have the value `unknown`.
    var hasAbsentWords: Bool { self != .errorType && self != .label }

    /// The default limit: the largest number of different texts in addition to known ones.
    package var defaultLimit: Int {
        switch self {
        case .model: 10_000
        case .provider: 1_000
        case .operation: 30
        case .errorType: 100
        case .serverAddress: 1_000
        case .tier, .inferenceGeo: 50
        case .label: 10_000
        }
    }
}
