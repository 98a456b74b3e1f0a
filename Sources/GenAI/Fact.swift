// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// What an attribute can tell about a model call, whatever dialect it is written in.
///
/// A dialect is for the most part a table of attribute keys and the facts they state.
package enum Fact: UInt8, CaseIterable, Sendable {
    /// What was done: `gen_ai.operation.name` and its like.
    case operation
    case provider
    case requestModel
    case responseModel
    case serverAddress
    /// The service tier asked for, and the one that served.
    case requestTier
    case responseTier
    case errorType
    case isStream
    /// Seconds from the start to the first token, as a decimal number.
    case timeToFirstTokenSeconds

    // Token counts. `input` and `output` are what the sender calls so; the others are parts of them.
    case input
    case output
    /// What the sender gives as the sum; only used to tell what the other numbers include.
    case total
    case cacheRead
    /// All cache writes, whatever their lifetime.
    case cacheWrite
    case cacheWrite5m
    case cacheWrite1h
    case reasoning
    // Parts by modality, kept last: few spans state them (``SpanFacts/statesModality``).
    case inputAudio
    case inputImage
    case inputVideo
    case cacheReadAudio
    case cacheReadImage
    case outputAudio
    case outputImage
    case outputVideo
}

/// The facts that one span states, gathered from its attributes.
///
/// It is large and filled anew for each span, so it is lent and never copied.
package struct SpanFacts: ~Copyable {
    /// A bit for each fact that was stated; the values of others are left over from earlier spans.
    private var stated: UInt64 = 0
    private var ranks = InlineArray<32, UInt8>(repeating: 0)
    private var values = InlineArray<32, AttributeValue>(repeating: .empty)

    init() {}

    /// The value of a fact, or `nil` when the span does not state it.
    package subscript(fact: Fact) -> AttributeValue? {
        @inline(__always) get { value(fact) }
    }

    @inline(__always)
    private func value(_ fact: Fact) -> AttributeValue? {
        guard stated & (1 << UInt64(fact.rawValue)) != 0 else { return nil }
        return values[Int(fact.rawValue)]
    }

    /// Whether any count by modality is stated, which is rare.
    var statesModality: Bool { stated >> UInt64(Fact.inputAudio.rawValue) != 0 }

    /// The place of a fact's text, or `nil` when it is not stated or no text.
    @inline(__always)
    package func text(_ fact: Fact) -> ByteRange? {
        guard case .string(let range)? = self[fact] else { return nil }
        return range
    }

    /// Forgets everything, for the next span.
    @inline(__always)
    mutating func removeAll() { stated = 0 }

    /// Takes a fact unless a better spelling of it stated it already; empty values state nothing.
    ///
    /// - Parameter rank: How good the spelling is, 0 the best. The same spelling a second time replaces the first.
    @inline(__always)
    mutating func state(_ fact: Fact, _ value: AttributeValue, rank: UInt8) {
        switch value {
        case .empty: return
        case .string(let range) where range.length == 0: return
        default: break
        }
        let index = Int(fact.rawValue)
        let bit: UInt64 = 1 << UInt64(fact.rawValue)
        guard stated & bit == 0 || rank <= ranks[index] else { return }
        stated |= bit
        ranks[index] = rank
        values[index] = value
    }
}
