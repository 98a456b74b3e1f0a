// SPDX-License-Identifier: Apache-2.0

/// What is known of an instrumentation scope beyond what its spans say.
package struct ScopeTraits: OptionSet, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Its input count leaves cached tokens out although it has the name of one that includes them.
    package static let inputExcludesCache = ScopeTraits(rawValue: 1)
    /// Its output leaves reasoning out, which only the total still has.
    package static let hidesReasoning = ScopeTraits(rawValue: 2)
    /// It puts ids of its own in the place of the provider's.
    package static let rewritesResponseIDs = ScopeTraits(rawValue: 4)
    /// It writes zeros where it was told nothing.
    package static let zeroMeansUnknown = ScopeTraits(rawValue: 8)
    /// It writes a streamed answer as two spans, and only the second knows the tokens.
    package static let splitsStreams = ScopeTraits(rawValue: 16)
    /// Its attributes have no prefix, so that their keys mean something only here.
    package static let hasBareKeys = ScopeTraits(rawValue: 32)
    /// Every operation that it names is a call of a model, whatever the name.
    package static let namesOnlyCalls = ScopeTraits(rawValue: 64)
    /// It names the operation of every call: a span of it that names none is something else, though it names a model.
    package static let namesEveryCall = ScopeTraits(rawValue: 128)
    /// Its calls were bought from OpenRouter, whatever provider they name: that one only answered.
    package static let boughtFromOpenRouter = ScopeTraits(rawValue: 256)
}

/// An instrumentation scope, or all whose names begin alike, and what is known of it.
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
