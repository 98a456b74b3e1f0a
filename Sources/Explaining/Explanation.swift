// SPDX-License-Identifier: Apache-2.0
package import Billing
package import GenAI
package import OTLP
package import Pricing

/// What was decided about every span of some bodies, and why.
///
/// It holds no text of prompts or answers, since nothing that reads spans ever does.
package struct Explanation: Sendable {
    /// The spans in the order in which they came; those without proper ids are only counted.
    package var spans: [SpanExplanation] = []
    /// Calls that are counted by model, the dearest first.
    package var models: [ModelTotal] = []
    /// How many spans had each outcome, in the order of the `outcome` label; together they are the spans received.
    package var outcomes: [(name: String, spans: Int)] = []
}

/// What was decided about one span.
package struct SpanExplanation: Sendable {
    /// Its number in the input, from 1 on; others refer to it by that.
    package var number: Int
    /// The body that brought it, under the name that was given to it.
    package var body: String
    package var identity: SpanIdentity
    /// The span above it; 0 for a root.
    package var parentSpanID: UInt64
    /// The beginning of its name, at most 80 characters: a name may carry what a user wrote.
    package var name: String
    /// The instrumentation scope and its version.
    package var scope: String
    package var scopeVersion: String
    /// How it was read.
    package var account: SpanAccount
    /// What it says of a call; `nil` for a span that is neither call nor aggregate.
    ///
    /// Of a call that is counted it is what is counted, with what its twins knew.
    package var call: CallExplanation?
    /// What of it a counted call has from its twins.
    package var learned: [String] = []
    /// What became of it; `nil` only while it waits.
    package var outcome: SpanFate.Outcome?
    /// The spans that are counted instead of it.
    package var favoured: Favoured?
    /// The first spans, by number, that are not counted because it is.
    package var repeatedBy: [Int] = []
    /// Whether it is a duplicate that was sent before under other ids.
    package var hasNewIDs = false
    /// What it costs; `nil` for a span that is not counted.
    package var price: PriceExplanation?

    /// The spans, by number, that are counted instead of another.
    package enum Favoured: Sendable, Equatable {
        /// The decision named this one: the first copy, or the twin that is counted.
        case span(Int)
        /// This one is counted, and has the same answer's id.
        case sameAnswer(Int)
        /// These are below the span and are counted.
        case below([Int])
        /// This one is above the span and is counted.
        case above(Int)

        /// All of them.
        package var numbers: [Int] {
            switch self {
            case .span(let number), .sameAnswer(let number), .above(let number): [number]
            case .below(let numbers): numbers
            }
        }
    }
}

/// What a span says of a call, in words.
package struct CallExplanation: Sendable {
    package var operation = ""
    package var requestModel = ""
    package var responseModel = ""
    package var provider = ""
    package var serverAddress = ""
    package var tier = ""
    /// Where the provider says that the answer was made; empty where it does not.
    package var inferenceGeo = ""
    /// Why it failed; empty for a call that succeeded.
    package var errorType = ""
    package var hasFailed = false
    package var isStream = false
    /// In nanoseconds since 1970 (UTC); 0 where the span does not say it.
    package var startNanoseconds: Outside<UInt64> = 0
    package var endNanoseconds: Outside<UInt64> = 0
    package var timeToFirstTokenNanoseconds: Int64?
    package var usage = TokenUsage()
    package var reportsUsage = false
    /// Whether input was taken to include cached tokens, and output reasoning.
    package var sides = UsageSides()
    /// What is billed by the piece.
    package var units = BilledUnits()
    /// What the span claims that the call cost.
    package var reportedCost: Dollars?
    /// The labels that settings add, with their values.
    package var labels: [(name: String, value: String)] = []

    /// The model that answered, else the one asked for: the value of the `model` label.
    package var model: String { responseModel.isEmpty ? requestModel : responseModel }

    /// How long the call took, or `nil` where its times cannot be right.
    package var durationNanoseconds: UInt64? {
        startNanoseconds > 0 ? endNanoseconds.subtracting(startNanoseconds)?.asSent : nil
    }
}

/// The calls of one model that are counted.
package struct ModelTotal: Sendable, Equatable {
    package var model: String
    package var calls = 0
    package var failed = 0
    /// Calls that succeeded and reported no usage.
    package var withoutUsage = 0
    /// Calls with usage whose price is not known.
    package var unpriced = 0
    /// Wider than the counts of a call, so that no number of files makes too many.
    package var inputTokens: Int128 = 0
    package var outputTokens: Int128 = 0
    package var cost = Dollars.zero

    package init(model: String) { self.model = model }

    /// Adds a call.
    ///
    /// - Parameters:
    ///   - call: What it says.
    ///   - price: What it costs.
    mutating func add(_ call: CallExplanation, _ price: PriceExplanation?) {
        calls += 1
        if call.hasFailed { failed += 1 }
        if !call.hasFailed, !call.reportsUsage { withoutUsage += 1 }
        if price?.source == .unpriced { unpriced += 1 }
        inputTokens += Int128(call.usage.totalInput)
        outputTokens += Int128(call.usage.totalOutput)
        cost += price?.cost ?? .zero
    }
}
