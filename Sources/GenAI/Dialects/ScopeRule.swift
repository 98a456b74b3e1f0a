// SPDX-License-Identifier: Apache-2.0

/// Traits of an instrumentation scope that its spans do not state.
package struct ScopeTraits: OptionSet, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Its input count excludes cached tokens, although its key is that of a count that includes them.
    package static let inputExcludesCache = ScopeTraits(rawValue: 1)
    /// Its output excludes reasoning, which is only in the total.
    package static let hidesReasoning = ScopeTraits(rawValue: 2)
    /// It reports ids of its own instead of the provider's.
    package static let rewritesResponseIDs = ScopeTraits(rawValue: 4)
    /// It writes zeros for unknown counts.
    package static let zeroMeansUnknown = ScopeTraits(rawValue: 8)
    /// It writes a streamed answer as two spans, and only the second has the tokens.
    package static let splitsStreams = ScopeTraits(rawValue: 16)
    /// Its keys have no prefix, so that they have a meaning only in this scope.
    package static let hasBareKeys = ScopeTraits(rawValue: 32)
    /// Every operation that it names is a model call.
    package static let namesOnlyCalls = ScopeTraits(rawValue: 64)
    /// It names the operation of every call; its spans without an operation are not calls, even if they name a model.
    package static let namesEveryCall = ScopeTraits(rawValue: 128)
    /// OpenRouter bills its calls, whichever provider they name.
    package static let boughtFromOpenRouter = ScopeTraits(rawValue: 256)
}

/// The traits of an instrumentation scope, or of all scopes whose names begin with a text.
package struct ScopeRule: Sendable {
    /// The scope's name, or a prefix of it.
    package let name: [UInt8]
    let isStart: Bool
    let traits: ScopeTraits

    /// A rule for one scope.
    package init(_ name: String, _ traits: ScopeTraits) {
        self.name = Array(name.utf8)
        isStart = false
        self.traits = traits
    }

    /// A rule for every scope whose name begins with a text.
    package init(startingWith start: String, _ traits: ScopeTraits) {
        name = Array(start.utf8)
        isStart = true
        self.traits = traits
    }
}
