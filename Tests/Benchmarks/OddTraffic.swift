// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import OTLP
import TestData

/// Spans that make the settle window search: what hostile senders send, and some that are only unlucky.
enum OddTraffic: String, CaseIterable {
    case twoScopes = "equal counts, 2 scopes"
    case manyScopes = "equal counts, 32 scopes"
    case thousandScopes = "equal counts, 1,000 scopes"
    case equalTimes = "equal counts and times, 32 scopes"
    case nested = "equal counts, nested times, 32 scopes"
    case smallGroups = "equal counts, groups of 30"
    case oneTrace = "equal counts, one trace"
    case oneParent = "equal counts, one parent"
    case embeddings = "embeddings, 2 scopes, one trace each"
    case oneEmbeddingTrace = "embeddings, 2 scopes, one trace"
    case oneAnswer = "one answer id"
    case manyProcesses = "2 scopes in each of many processes"
    case chains = "deep chains of calls"
    case steps = "calls below deep chains of steps"
    case silent = "silent calls below deep chains of steps"
    case cycles = "cycles of parents"
    case agents = "agents in one trace of calls"
    case deepAgents = "agents over deep ways in one trace"
    case copies = "copies with ever more tokens of one answer's id"

    /// Makes a body of 512 spans; `fresh` counts them from body to body.
    func body(_ fresh: inout UInt64) -> InterpretedSpans {
        var body = InterpretedSpans()
        for _ in 0..<512 {
            fresh += 1
            add(fresh, to: &body)
        }
        return body
    }

    private func add(_ number: UInt64, to body: inout InterpretedSpans) {
        let mixed = number &* 0x9E37_79B9_7F4A_7C15
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: mixed, spanID: number))
        call.resource = 1
        call.scope = number % 32
        call.startNanoseconds = Outside(1_000_000 + number)
        call.endNanoseconds = Outside(1_000_000_000_000 + number)
        call.reportsUsage = true
        call.usage[.input] = 100
        call.usage[.output] = 10
        switch self {
        case .twoScopes: call.scope = number % 2
        case .manyScopes: break
        case .thousandScopes: call.scope = number % 1_000
        case .equalTimes: (call.startNanoseconds, call.endNanoseconds) = (1_000, 2_000)
        case .nested:
            call.startNanoseconds = Outside(1 << 40 - number % 4_096)
            call.endNanoseconds = Outside(1 << 41 + number % 4_096)
        case .smallGroups: call.usage[.input] = Int64(number % 2_184)
        case .oneTrace:
            call.identity.traceIDLow = 1
            call.parentSpanID = mixed
        case .oneParent:
            call.identity.traceIDLow = 1
            call.parentSpanID = 1
        case .embeddings, .oneEmbeddingTrace:
            call.identity.traceIDLow = self == .embeddings ? number / 2 : 1
            call.scope = number % 2
            call.usage[.output] = 0
            call.startNanoseconds = Outside(number / 2 * 1_000 + number % 2)
            call.endNanoseconds = Outside(number / 2 * 1_000 + 900 - number % 2)
        case .oneAnswer: call.responseID = 1
        case .manyProcesses: call.resource = number / 2
        case .chains:
            call.identity.traceIDLow = number / 64
            call.parentSpanID = number % 64 == 0 ? 0 : number - 1
            call.usage[.input] = Int64(number % 64)
        case .steps, .silent:
            if number % 512 < 256 {
                return addStep(number, below: number % 64 == 63 ? 5 : number + 1, in: number / 512, to: &body)
            }
            call.identity.traceIDLow = number / 512
            call.parentSpanID = number - number % 512 + number % 4 * 64
            if self == .silent {
                call.usage = CallUsage()
                call.reportsUsage = false
            }
        case .cycles:
            if number % 512 < 256 {
                let above = number % 64 == 63 ? number - 63 : number + 1
                return addStep(number, below: above, in: number / 512, to: &body)
            }
            call.identity.traceIDLow = number / 512
            call.parentSpanID = number - number % 512 + number % 256
        case .agents:
            call.identity.traceIDLow = number / 65_536
            call.parentSpanID = mixed
            call.isAggregate = number % 512 >= 256
        case .deepAgents:
            if number % 65_536 < 8_192 {
                return addStep(number, below: number % 64 == 63 ? 5 : number + 1, in: number / 65_536, to: &body)
            }
            call.identity.traceIDLow = number / 65_536
            call.parentSpanID = number - number % 65_536 + number % 128 * 64
            call.isAggregate = number % 512 >= 256
            if call.isAggregate { call.parentSpanID = mixed }
        case .copies:
            call.identity = SpanIdentity(traceIDHigh: 1, traceIDLow: 1, spanID: number % 64 + 1)
            call.responseID = number / 65_536
            call.usage[.input] = Int64(number)
        }
        body.calls.append(call)
    }

    private func addStep(_ number: UInt64, below parent: UInt64, in trace: UInt64, to body: inout InterpretedSpans) {
        body.passThrough.append(
            PassThroughSpan(
                identity: SpanIdentity(traceIDHigh: 1, traceIDLow: trace, spanID: number), parentSpanID: parent))
    }
}
