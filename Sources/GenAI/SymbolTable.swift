// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The texts behind symbols, shared by everyone who makes or reads them.
///
/// Each vocabulary grows up to a ceiling of its own and never shrinks; a value that comes after that becomes
/// ``Symbol/overflow`` and is counted. Values that are known (``KnownValues``) have their symbols whatever came before, and
/// take no place from others.
package final class SymbolTable: Sendable {
    private let state = Mutex(SymbolStore())
    private let known = Mutex(Known())
    private let limits: [Vocabulary: Int]
    private let ownNameLimit: Int

    /// What is known, and the number of the stand-ins that were made by it.
    private struct Known {
        var values: (any KnownValues)?
        var edition = 0
    }

    /// A secret of the process for hashes of texts that senders choose; hashes of all who share the table compare.
    package let salt = UInt64.random(in: .min ... .max)

    /// Makes a table that knows the empty text and `__overflow__`.
    ///
    /// - Parameters:
    ///   - limits: How many different texts a vocabulary may have besides known ones, where that differs from
    ///     ``Vocabulary/defaultLimit``.
    ///   - ownNameLimit: How many names of models beyond the limit have a symbol of their own because they mean something.
    package init(limits: [Vocabulary: Int] = [:], ownNameLimit: Int = 1_000) {
        self.limits = limits
        self.ownNameLimit = ownNameLimit
    }

    /// Lets other values be known from now on; symbols that were given stay.
    ///
    /// Readers keep what they found for a value before, so that each needs a new ``Interpreter``.
    package func know(_ values: any KnownValues) {
        // What other values mean is another thing from now on.
        let edition = state.withLock { $0.standIns.beginEdition() }
        known.withLock { $0 = Known(values: values, edition: edition) }
    }

    /// Whether a text is a known value; the empty one and `__overflow__` are.
    package func knows(_ text: String, in vocabulary: Vocabulary) -> Bool {
        text.isEmpty || text == "__overflow__" || spelling(of: text, in: vocabulary) != nil
    }

    private func spelling(of text: String, in vocabulary: Vocabulary) -> String? {
        if ConventionalValues.contain(text, in: vocabulary) { return text }
        return known.withLock { $0.values }?.spelling(of: text, in: vocabulary)
    }

    /// The symbol of a text.
    ///
    /// - Parameters:
    ///   - text: A value as reported.
    ///   - vocabulary: What the value is, which says how many different ones there may be.
    /// - Returns: ``Symbol/overflow`` when the text is new to a vocabulary that is full and not known; a model's name may
    ///   have a ``standIn(for:provider:host:tenantClass:)`` then.
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

    /// The symbol for what a value means; `nil` for a value that means nothing.
    private func standIn(
        _ meaning: (any KnownValues) -> ValueMeaning?, make: (inout SymbolStore, ValueMeaning) -> Symbol
    ) -> Symbol? {
        while true {
            let known = known.withLock { $0 }
            guard let values = known.values, let meaning = meaning(values) else { return nil }
            let symbol = state.withLock { state in
                // Meanings hold numbers of one edition of what is known.
                state.standIns.edition == known.edition ? make(&state, meaning) : nil
            }
            if let symbol { return symbol }
        }
    }

    /// The symbol that stands for a model's name that has none of its own.
    ///
    /// A few such names get one of their own; the others that mean the same for prices share one, which is shown as the
    /// model's id.
    ///
    /// - Parameters:
    ///   - text: The name as reported, whose symbol is ``Symbol/overflow``.
    ///   - provider: The symbol of the call's provider.
    ///   - host: The symbol of the call's host.
    ///   - tenantClass: The class of tenants that the call belongs to.
    /// - Returns: ``Symbol/overflow`` for a name that means nothing, which is counted.
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
        // Without known values it was counted when it came.
        if known.withLock({ $0.values != nil }) { noteOverflow(in: .model) }
        return .overflow
    }

    /// Counts a value that is longer than ``longestText``, whose symbol is ``Symbol/overflow``.
    package func noteTooLong(in vocabulary: Vocabulary) { noteOverflow(in: vocabulary) }

    private func noteOverflow(in vocabulary: Vocabulary) {
        state.withLock { $0.members[vocabulary, default: SymbolStore.Members()].overflows += 1 }
    }

    /// The text of a symbol that this table made, as it is shown.
    package func text(of symbol: Symbol) -> String {
        state.withLock { $0.texts[Int(symbol.number)] }
    }

    /// The text that a symbol stands for, as prices have to see it: the full text of a value as it was reported.
    package func meantText(of symbol: Symbol) -> String {
        state.withLock { $0.standIns.meantTexts[symbol.number] ?? $0.texts[Int(symbol.number)] }
    }

    /// Whether a symbol stands for several values.
    package func isStandIn(_ symbol: Symbol) -> Bool {
        state.withLock { $0.standIns.meantTexts[symbol.number] != nil }
    }

    /// How often a value of a vocabulary overflowed.
    ///
    /// Values met again by the same reader are not counted again.
    package func overflows(of vocabulary: Vocabulary) -> UInt64 {
        state.withLock { $0.members[vocabulary]?.overflows ?? 0 }
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

    /// How many different texts it may have by default, besides those that are known.
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
