// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import TestData

/// Makes spans as an interpreter would: calls with twins, copies, agents and other spans around them.
struct SpanMaker {
    let symbols: SymbolTable
    var generator: SeededGenerator

    /// A random call in a trace, with every field set now and then.
    mutating func call(_ id: UInt64, in trace: UInt64, below parent: UInt64 = 0) -> ModelCall {
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 9, traceIDLow: trace, spanID: id))
        call.parentSpanID = parent
        call.resource = .random(in: 1...3, using: &generator)
        call.scope = .random(in: 1...2, using: &generator)
        let start = LedgerRooms.wall - .random(in: 1...1_000_000_000_000, using: &generator)
        call.startNanoseconds = Outside(start)
        call.endNanoseconds = Outside(start + .random(in: 0...30_000_000_000, using: &generator))
        call.provider = symbols.symbol(for: pick(["openai", "anthropic"]), in: .provider)
        let models = ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "a-model-of-our-own"]
        call.requestModel = symbols.symbol(for: pick(models), in: .model)
        call.operation = symbols.symbol(for: pick(["chat", "embeddings"]), in: .operation)
        if chance(2) { call.responseModel = call.requestModel }
        if chance(3) { call.tier = symbols.symbol(for: "batch", in: .tier) }
        if chance(4) { call.serverAddress = symbols.symbol(for: "api.openai.com", in: .serverAddress) }
        if chance(8) { call.responseID = .random(in: 1...9, using: &generator) }
        if chance(9) { call.reportedFemtodollars = .random(in: 0...1_000_000_000_000, using: &generator) }
        if chance(5) {
            call.isStream = true
            call.timeToFirstTokenNanoseconds = .random(in: 0...1_000_000_000, using: &generator)
        }
        if chance(9) {
            call.hasFailed = true
            call.errorType = symbols.symbol(for: pick(["timeout", "429"]), in: .errorType)
        } else {
            call.reportsUsage = true
            for tokenClass in [TokenClass.input, .output, .cacheRead, .reasoning] where chance(2) {
                call.usage[tokenClass] = .random(in: 1...5_000, using: &generator)
            }
        }
        if chance(6) { call.units[.webSearch] = .random(in: 1...3, using: &generator) }
        call.spanName = .random(in: 0...9, using: &generator)
        return call
    }

    /// A body of random spans, always the same for a number: calls with twins, agents above calls, and other spans.
    mutating func fresh(_ number: UInt64) -> InterpretedSpans {
        var spans = InterpretedSpans()
        for index in 0..<UInt64.random(in: 1...12, using: &generator) {
            let (id, trace) = (number * 100 + index, number / 4)
            switch Int.random(in: 0...9, using: &generator) {
            case 0:
                var agent = call(id, in: trace)
                agent.isAggregate = true
                agent.resource = number
                spans.calls.append(agent)
            case 1, 2:
                var span = PassThroughSpan(
                    identity: SpanIdentity(traceIDHigh: 9, traceIDLow: trace, spanID: id),
                    parentSpanID: number * 100 + .random(in: 0...12, using: &generator))
                span.isTool = chance(5)
                spans.passThrough.append(span)
            default:
                let parent = chance(2) ? 0 : number * 100 + .random(in: 0...12, using: &generator)
                var made = call(id, in: trace, below: parent)
                // Twins are of one body: those of others may or may not wait still, which a crash changes.
                made.resource = number
                if made.responseID != 0 { made.responseID += number * 10 }
                spans.calls.append(made)
            }
        }
        return spans
    }

    /// The body of a number: fresh spans, and copies of spans of an earlier body.
    static func body(_ number: UInt64, seed: UInt64, _ symbols: SymbolTable) -> InterpretedSpans {
        var maker = SpanMaker(symbols: symbols, generator: SeededGenerator(seed: seed << 32 | number))
        var spans = maker.fresh(number)
        if number > 0, maker.chance(3) {
            let earlier = UInt64.random(in: 0..<number, using: &maker.generator)
            var other = SpanMaker(symbols: symbols, generator: SeededGenerator(seed: seed << 32 | earlier))
            spans.calls += other.fresh(earlier).calls.prefix(3)
        }
        return spans
    }

    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &generator) == 0 }
    private mutating func pick(_ texts: [String]) -> String { texts.randomElement(using: &generator) ?? "" }
}
