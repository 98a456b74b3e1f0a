// SPDX-License-Identifier: Apache-2.0

/// What an attribute can tell about a model call, whatever dialect it is written in.
///
/// A dialect is for the most part a table of attribute keys and the facts they state. There are at most ``limit`` facts,
/// since those of a span are a bit each.
package enum Fact: UInt8, CaseIterable, Sendable {
    // What a span is, in the words of one dialect or another; dialects have them as marks. Marks are among the first 64
    // facts, so that a span's marks fit into one machine word.

    /// What was done: `gen_ai.operation.name` and its like.
    case operation
    case langfuseType
    case openInferenceKind
    case mlflowType
    case vercelOperation
    /// What was asked for: `llm.request.type`.
    case requestType
    case traceloopKind
    case claudeCodeType
    case langSmithKind
    case logfireType
    case genkitType
    case genkitSubtype
    /// A count stands under a key that settings name.
    case customCount

    // Who was asked for what.

    case provider
    /// The provider as somebody says who knows it where ``provider`` is the name of a framework.
    case providerBelow
    case requestModel
    case responseModel
    /// The model, without saying whether it was asked for or answered.
    case model
    case serverAddress
    /// The service tier asked for, and the one that served.
    case requestTier
    case responseTier
    /// `fast` where the answer came from a faster and dearer way of serving; some providers have that beside the tier.
    case speed
    /// Where the provider says that the answer was made, if somebody asked for a place.
    case inferenceGeo
    /// The region of the cloud whose service answered: `aws.region`, `cloud.region`.
    case cloudRegion
    /// The provider's id of the answer.
    case responseID

    // How it went.

    /// Why it failed: the type of the error, or of the exception that ended the operation.
    case errorType
    /// Whether it succeeded, where the status of the span does not say it.
    case success
    /// How grave the outcome is: `ERROR` says that the operation failed.
    case level
    case isStream
    /// From the start to the first token, as a number of seconds, or of milliseconds.
    case timeToFirstTokenSeconds
    case timeToFirstTokenMilliseconds
    /// The same where the type of the number tells its unit: an integer has milliseconds, a double seconds.
    case timeToFirstToken
    /// When the first token came, as ISO 8601 has it.
    case firstTokenTime
    /// Seconds that the operation took, where the span's own times do not tell.
    case durationSeconds
    /// What the emitter says the call cost, and in which currency.
    case cost
    case costCurrency
    /// The same in units of 1e-10 and of 1e-9 US dollars.
    case costTicks
    case costNanos
    /// What the provider billed behind a gateway, in US dollars, and whether the gateway used a key of the sender's own, so
    /// that its cost is only its fee.
    case upstreamCost
    case usesOwnKey
    /// Whether a gateway answered from its own cache, without the model.
    case cacheHit

    // What is billed by the piece, in the order of ``BilledUnits/Unit``.

    case webSearches
    case fileSearches
    case mapsSearches
    /// Searches of a reranker, which providers count by documents.
    case rerankSearches
    case codeSessions

    // Totals under names of their own, which nobody can take for a call's.

    case aggregatedInput
    case aggregatedOutput
    case aggregatedCacheRead
    case aggregatedCacheWrite
    case aggregatedReasoning

    // Token counts, last and in the order of ``ReportedUsage/Count``, whose cases say what they mean.

    case input
    case inputUncached
    case inputPlain
    case inputBeside
    case output
    case outputVisible
    case outputPlain
    case total
    case cacheRead
    case cacheWrite
    case cacheWrite5m
    case cacheWrite1h
    case reasoning
    case inputAudio
    case inputImage
    case inputVideo
    case cacheReadAudio
    case cacheReadImage
    case outputAudio
    case outputImage
    case outputVideo

    /// The largest number of facts.
    static let limit = 128

    /// The fact's bit among those of a span.
    @inline(__always)
    var bit: FactBits { 1 &<< FactBits(rawValue) }
}

/// Some facts, one bit for each; the bit of a fact has the place ``Fact/rawValue``.
typealias FactBits = UInt128
