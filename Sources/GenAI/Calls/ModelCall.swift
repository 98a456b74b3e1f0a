// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// One call of a model, as one span told it: what was asked of whom, which tokens it took, and when.
///
/// The value is plain memory without references, so that calls can wait and be copied by the thousand. Spans of agents,
/// workflows and chains that may repeat what their calls used have the same form, ``isAggregate``.
///
/// Its fields are in an order that leaves few gaps: 224 bytes, on four cache lines wherever one begins in an array of
/// them.
package struct ModelCall: Sendable {
    /// Who the span is: the identity by which a span that is sent twice is recognised.
    package var identity: SpanIdentity
    /// The span above it; 0 for a root.
    package var parentSpanID: UInt64 = 0

    /// The process that sent the span, as a hash of its resource; equal for spans of one process.
    package var resource: UInt64 = 0
    /// The instrumentation scope, as a hash of its name; 0 when it has none.
    package var scope: UInt64 = 0
    /// The provider's id of the answer, as a salted hash; 0 when none was sent.
    package var responseID: UInt64 = 0

    /// When the call began and ended, in nanoseconds since 1970 (UTC), as the sender's clock had it.
    package var startNanoseconds: Outside<UInt64> = 0
    package var endNanoseconds: Outside<UInt64> = 0
    /// What is billed by the piece beside the tokens; of a failed call too, since it was served that much.
    package var units = BilledUnits()

    /// What the span itself claims the call cost, in 1e-15 US dollars, or `nil` when it claims nothing.
    package var reportedFemtodollars: Int64?
    /// Whether this is no call itself but an agent, workflow or chain, whose usage may repeat that of calls below it.
    package var isAggregate = false
    /// Whether the scope is known to put ids of its own in the place of the provider's.
    package var rewritesResponseIDs = false
    /// Whether the span said anything about tokens: absent is not zero.
    package var reportsUsage = false
    /// Whether the operation failed.
    package var hasFailed = false
    /// Whether the answer was streamed.
    package var isStream = false
    /// The dialect that recognised the span, as its place in the interpreter's list.
    package var dialect: UInt8 = 0
    /// The manner of ``responseID``, `chatcmpl-…`, `msg_…` and the like, as a number; 0 when it follows none that is known.
    ///
    /// Two different ids of one scheme are two answers.
    package var responseIDScheme: UInt8 = 0

    /// Nanoseconds from the start to the first token of a streamed answer, or `nil`.
    package var timeToFirstTokenNanoseconds: Int64?
    /// Where cached tokens and reasoning were taken to lie.
    package var sides = UsageSides()
    /// The labels that settings add, taken from this span, its scope and its resource.
    package var attribution = Attribution.none
    /// Whether a gateway answered from its own cache, without the model.
    package var isFromCache = false
    /// A hash of the span's name; 0 when it has none.
    package var spanName: UInt32 = 0
    /// What tells whose call it is, where prices depend on that, as a number; 0 for nothing.
    package var tenantClass: UInt32 = 0

    /// The model that answered and the one asked for, as reported; either may be absent.
    package var responseModel = Symbol.absent
    package var requestModel = Symbol.absent
    /// The operation in the conventions' words: `chat`, `embeddings`, ….
    package var operation = Symbol.absent
    /// The provider as reported, or absent.
    package var provider = Symbol.absent
    /// The host that was called, or absent; tells the provider where that is not said.
    package var serverAddress = Symbol.absent
    /// The service tier, the answered one before the requested one; absent means the default tier.
    package var tier = Symbol.absent
    /// Where the answer was made, such as `us`, if the provider says that it kept to a place; absent otherwise.
    package var inferenceGeo = Symbol.absent
    /// Why the call failed; absent for a call that succeeded.
    package var errorType = Symbol.absent

    /// Tokens by class; all zero when ``reportsUsage`` is false.
    package var usage = CallUsage()
    /// Whether nothing marks the span as a call: only its usage, or a model and an error, say that it may be one.
    package var isUnmarked = false
    /// Whether the span states how many tokens are audio, images or video, even if none are.
    package var tellsModality = false
    /// Which of the tokens were concluded rather than reported.
    package var guesses: UsageGuesses = []

    package init(identity: SpanIdentity) { self.identity = identity }

    /// Whether the span said anything that has a price of its own.
    package var reportsQuantity: Bool { reportsUsage || units.word != 0 }

    /// Whether the name of a model came after its vocabulary was full.
    @inline(__always)
    var lacksModelSymbol: Bool { responseModel == .overflow || requestModel == .overflow }

    /// The model that answered, else the one asked for.
    package var model: Symbol { responseModel.or(requestModel) }
}

/// A span that is neither call nor aggregate: remembered only as a step between those that are.
package struct SpanLink: Sendable, Equatable {
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
    package var links: [SpanLink] = []
    /// How each span was read, in the order of the body; empty unless the interpreter records accounts.
    package var accounts: [SpanAccount] = []

    package init() {}

    /// Empties everything and keeps its memory.
    package mutating func removeAll() {
        accounts.removeAll(keepingCapacity: true)
        calls.removeAll(keepingCapacity: true)
        links.removeAll(keepingCapacity: true)
    }
}

/// The values of the labels that settings add, as a number; whoever made it can tell the values.
package struct Attribution: Hashable, Sendable {
    /// 0 for nothing.
    package var number: UInt32
    /// Whether an ancestor may still say something that this span does not.
    package var seeksAncestors: Bool
    /// Whether this span says something that spans below it may take over.
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
