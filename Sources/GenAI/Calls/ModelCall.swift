// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// A model call as one span reports it: model, provider, tokens and times.
///
/// The value is plain memory without references, so that many calls can wait and be copied cheaply. Aggregates have the same form
/// (``isAggregate``): spans of agents, workflows and chains, which may repeat the usage of their calls.
///
/// The order of the fields leaves no gaps: 224 bytes, which are on four cache lines at any index of an array.
package struct ModelCall: Sendable {
    /// The span's ids, by which a span that is sent twice is recognised.
    package var identity: SpanIdentity
    /// The id of the parent span; 0 for a root.
    package var parentSpanID: UInt64 = 0

    /// The hash of the span's resource; equal for spans of one process.
    package var resource: UInt64 = 0
    /// The hash of the instrumentation scope's name; 0 if it has none.
    package var scope: UInt64 = 0
    /// The salted hash of the provider's id of the answer; 0 if the span has none.
    package var responseID: UInt64 = 0

    /// The start and end of the call by the sender's clock, in nanoseconds since 1970 (UTC).
    package var startNanoseconds: Outside<UInt64> = 0
    package var endNanoseconds: Outside<UInt64> = 0
    /// The billed units; also those of a failed call, since the provider delivered them.
    package var units = BilledUnits()

    /// The reported cost, in 1e-15 US dollars; `nil` if the span reports none.
    package var reportedFemtodollars: Int64?
    /// Whether this is an aggregate: an agent, workflow or chain, whose usage may repeat that of calls below it.
    package var isAggregate = false
    /// What is seldom asked of a call.
    private var traits: CallTraits = []
    /// Whether the span reports tokens; zeros count, absent counts do not.
    package var reportsUsage = false
    /// Whether the operation failed.
    package var hasFailed = false
    /// Whether the answer was streamed.
    package var isStream = false
    /// The dialect that recognised the span, as its index in the interpreter's list.
    package var dialect: UInt8 = 0
    /// The scheme of ``responseID`` (`chatcmpl-…`, `msg_…` and so on) as a number; 0 if it is unknown.
    ///
    /// Two different ids of one scheme belong to two answers.
    package var responseIDScheme: UInt8 = 0

    /// Nanoseconds from the start to the first token of a streamed answer, or `nil`.
    package var timeToFirstTokenNanoseconds: Int64?
    /// Whether input and output were taken to include cached tokens and reasoning, and what proves it.
    package var sides = UsageSides()
    /// The values of the labels that the settings add, from this span, its scope and its resource.
    package var attribution = Attribution.none
    /// Whether the span is unmarked: only its usage, or a model and an error, suggest that it is a call.
    package var isUnmarked = false
    /// The tokens that were inferred and not reported.
    package var guesses: UsageGuesses = []
    /// A hash of the span's name; 0 if it has none.
    package var spanName: UInt32 = 0
    /// The tenant class: the values of attributes that identify tenants, as a number; 0 for none.
    ///
    /// See ``TenantReading``.
    package var tenantClass: UInt32 = 0

    /// The model that answered and the requested one, as reported; either may be absent.
    package var responseModel = Symbol.absent
    package var requestModel = Symbol.absent
    /// The operation in the conventions' words: `chat`, `embeddings`, ….
    package var operation = Symbol.absent
    /// The provider as reported, or absent.
    package var provider = Symbol.absent
    /// The host that was called, or absent; it implies the provider if the span does not name one.
    package var serverAddress = Symbol.absent
    /// The service tier of the answer, or else the requested one; absent means the default tier.
    package var tier = Symbol.absent
    /// The region in which the provider says it made the answer, such as `us`; absent otherwise.
    package var inferenceGeo = Symbol.absent
    /// The error type of a failed call; absent for a call that succeeded.
    package var errorType = Symbol.absent

    /// Tokens by class; all zero when ``reportsUsage`` is false.
    package var usage = CallUsage()
    /// The values of the ledger's dimensions, from this span, its scope and its resource.
    package var dimensions = DimensionSet.none

    package init(identity: SpanIdentity) { self.identity = identity }

    /// Whether the scope is known to report ids of its own instead of the provider's.
    package var rewritesResponseIDs: Bool {
        get { traits.contains(.rewritesResponseIDs) }
        set { traits.set(.rewritesResponseIDs, to: newValue) }
    }

    /// Whether a gateway answered from its own cache, without the model.
    package var isFromCache: Bool {
        get { traits.contains(.isFromCache) }
        set { traits.set(.isFromCache, to: newValue) }
    }

    /// Whether the span states the tokens of audio, images or video, even if there are none.
    package var tellsModality: Bool {
        get { traits.contains(.tellsModality) }
        set { traits.set(.tellsModality, to: newValue) }
    }

    /// Whether the span reports tokens or billed units.
    package var reportsQuantity: Bool { reportsUsage || units.word != 0 }

    /// Whether the name of a model has no symbol, because its vocabulary was full.
    @inline(__always)
    var lacksModelSymbol: Bool { responseModel == .overflow || requestModel == .overflow }

    /// The model that answered, or else the requested one.
    package var model: Symbol { responseModel.or(requestModel) }
}

/// Traits of a call that share one byte.
private struct CallTraits: OptionSet {
    let rawValue: UInt8

    static let rewritesResponseIDs = CallTraits(rawValue: 1)
    static let isFromCache = CallTraits(rawValue: 2)
    static let tellsModality = CallTraits(rawValue: 4)

    mutating func set(_ trait: CallTraits, to isSet: Bool) {
        if isSet { insert(trait) } else { remove(trait) }
    }
}

/// A span that is neither call nor aggregate; billing remembers its parent, to find the ways from calls up to the spans above.
package struct PassThroughSpan: Sendable, Equatable {
    package var identity: SpanIdentity
    /// The span above it; 0 for a root.
    package var parentSpanID: UInt64
    /// What it has to offer to the labels of calls below it.
    package var attribution = Attribution.none
    /// The model and the provider that it names, or absent; calls below it that name no model take both.
    package var model = Symbol.absent
    package var provider = Symbol.absent
    /// Whether it runs a tool: what is below it is no part of a call above it.
    package var isTool = false
    /// What it has to offer to the dimensions of calls below it.
    package var dimensions = DimensionSet.none

    package init(identity: SpanIdentity, parentSpanID: UInt64) {
        self.identity = identity
        self.parentSpanID = parentSpanID
    }
}

/// The spans of one body, interpreted, in flat arrays that are used again for the next body.
package struct InterpretedSpans: Sendable {
    /// Calls and aggregates, in the order of the body.
    package var calls: [ModelCall] = []
    /// Every other span, in the order of the body.
    package var passThrough: [PassThroughSpan] = []
    /// The account of each span, in the order of the body; empty unless the interpreter records accounts.
    package var accounts: [SpanAccount] = []
    /// The root spans; empty unless the interpreter reads names of traces.
    package var roots = RootSpans()

    package init() {}

    /// Removes all spans and keeps the memory.
    package mutating func removeAll() {
        accounts.removeAll(keepingCapacity: true)
        roots.removeAll()
        calls.removeAll(keepingCapacity: true)
        passThrough.removeAll(keepingCapacity: true)
    }
}

/// The values of the labels that the settings add, as a number of an ``AttributionTable``.
package struct Attribution: Hashable, Sendable {
    /// 0 for no values.
    package var number: UInt32
    /// Whether an ancestor may add values that this span does not have.
    package var seeksAncestors: Bool
    /// Whether descendants may inherit values of this span.
    package var offersToDescendants: Bool

    package init(number: UInt32, seeksAncestors: Bool, offersToDescendants: Bool) {
        self.number = number
        self.seeksAncestors = seeksAncestors
        self.offersToDescendants = offersToDescendants
    }

    package static let none = Attribution(number: 0, seeksAncestors: false, offersToDescendants: false)
}

/// The identity of a span: trace id and span id.
///
/// - SeeAlso: OpenTelemetry specification 1.51, Trace API, SpanContext.
package struct SpanIdentity: Hashable, Sendable {
    package var traceIDHigh: UInt64
    package var traceIDLow: UInt64
    package var spanID: UInt64

    package init(traceIDHigh: UInt64, traceIDLow: UInt64, spanID: UInt64) {
        self.traceIDHigh = traceIDHigh
        self.traceIDLow = traceIDLow
        self.spanID = spanID
    }
}
