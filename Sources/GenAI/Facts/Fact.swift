// SPDX-License-Identifier: Apache-2.0

/// A fact: what one attribute states of a span, in the terms of all dialects.
///
/// A dialect is mostly a table of attribute keys and the facts they state. There are at most ``limit`` facts, since a span has a
/// bit for each.
package enum Fact: UInt8, CaseIterable, Sendable {
    // The kind of a span in the words of a dialect; dialects use these facts as marks. Marks are among the first 64 facts,
    // so that a span's marks fit into one machine word.

    /// The operation: `gen_ai.operation.name` and similar keys.
    case operation
    case langfuseType
    case openInferenceKind
    case mlflowType
    case vercelOperation
    /// The type of the request: `llm.request.type`.
    case requestType
    case traceloopKind
    case claudeCodeType
    case langSmithKind
    case logfireType
    case genkitType
    case genkitSubtype
    /// The span has a count under a key that the settings name.
    case customCount

    // Provider, model and host.

    case provider
    /// The provider behind a framework, if ``provider`` is the framework's name.
    case providerBelow
    case requestModel
    case responseModel
    /// The model; the key does not say whether it is the requested one or the one that answered.
    case model
    case serverAddress
    /// The requested service tier, and the one that served the call.
    case requestTier
    case responseTier
    /// `fast` if the provider served the call faster and at a higher price; some providers have a speed in addition to the tier.
    case speed
    /// The region in which the provider says it made the answer, if the request asked for one.
    case inferenceGeo
    /// The region of the cloud service that answered: `aws.region`, `cloud.region`.
    case cloudRegion
    /// The provider's id of the answer.
    case responseID

    // Outcome and times.

    /// The type of the error, or of the exception that ended the operation.
    case errorType
    /// Whether the operation succeeded, if the status of the span does not say it.
    case success
    /// The severity of the outcome: `ERROR` means that the operation failed.
    case level
    case isStream
    /// The time from the start to the first token, in seconds or in milliseconds.
    case timeToFirstTokenSeconds
    case timeToFirstTokenMilliseconds
    /// The same, with the unit implied by the type: milliseconds for an integer, seconds for a double.
    case timeToFirstToken
    /// The time of the first token, in ISO 8601.
    case firstTokenTime
    /// The duration of the operation in seconds, if the span's own times do not tell it.
    case durationSeconds
    /// The reported cost, and its currency.
    case cost
    case costCurrency
    /// The same in units of 1e-10 and of 1e-9 US dollars.
    case costTicks
    case costNanos
    /// The amount that the provider behind a gateway billed, in US dollars, and whether the gateway used the sender's own key, so
    /// that its own cost is only a fee.
    case upstreamCost
    case usesOwnKey
    /// Whether a gateway answered from its own cache, without the model.
    case cacheHit
    /// The tool that a span runs, or the method of MCP that it calls.
    case tool

    // Billed units, in the order of ``BilledUnits/Unit``.

    case webSearches
    case fileSearches
    case mapsSearches
    /// Searches of a reranker, which providers count by documents.
    case rerankSearches
    case codeSessions

    // Totals of aggregates, under names of their own.

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

/// Some facts, one bit for each; the bit of a fact has the number ``Fact/rawValue``.
typealias FactBits = UInt128
