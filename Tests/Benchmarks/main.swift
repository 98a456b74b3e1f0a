// SPDX-License-Identifier: Apache-2.0
// What each room takes of the CPU for one body of 512 spans with 16 attributes.
import Aggregation
import Billing
import CallMetrics
import Compression
import Exposition
import GenAI
import OTLP
import Pricing
import TestData

let body = BenchmarkBody.make(spans: 512, seed: 1)
let compressed = Gzip.compress(body) ?? []
print("body: 512 spans, \(body.count) bytes, \(compressed.count) gzipped")

var inflater = Inflater()
Stopwatch.report("inflate (gzip)", spans: 512) {
    let count = try? inflater.inflateGzip(compressed.span, limit: 64 << 20) { _ in true }
    precondition(count == body.count)
}

let reader = TraceRequestReader(keys: Interpreter.keys(), events: Interpreter.eventNames())
var batch = SpanBatch()
Stopwatch.report("decode", spans: 512) {
    try? reader.read(body.span, into: &batch)
    precondition(batch.spans.count == 512)
}

var jsonWriter = JSONRequestWriter()
var json = jsonWriter.convert(body)
let jsonReader = JSONTraceRequestReader(keys: Interpreter.keys())
Stopwatch.report("JSON, decode (\(json.count) bytes)", spans: 512) {
    // No text of this body has escapes, so that it can be read again.
    var bytes = json.mutableSpan
    try? jsonReader.read(&bytes, into: &batch)
    precondition(batch.spans.count == 512)
}
try? reader.read(body.span, into: &batch)

let symbols = SymbolTable()
var interpreter = Interpreter(symbols: symbols)
var spans = InterpretedSpans()
Stopwatch.report("interpret", spans: 512) {
    spans.removeAll()
    _ = interpreter.interpret(batch, body: body.span, into: &spans)
    precondition(spans.calls.count == 512)
}
let calls = spans.calls

// The window is full after the first 128 bodies: each body then settles as many calls as it brings.
let biller = Biller()
var interpreted = InterpretedSpans()
interpreted.calls = calls
var settled: [ModelCall] = []
var fresh: UInt64 = 0
@MainActor func bill() {
    for index in interpreted.calls.indices {
        fresh += 1
        interpreted.calls[index].identity.spanID = fresh
        interpreted.calls[index].identity.traceIDLow = fresh &* 0x9E37_79B9_7F4A_7C15
        interpreted.calls[index].parentSpanID = fresh &* 0xA076_1D64_78BD_642F
        interpreted.calls[index].responseID = fresh &* 0xD6E8_FEB8_6659_FD93
    }
    settled.removeAll(keepingCapacity: true)
    let now = fresh * 1_000
    _ = biller.arrive(interpreted, now: { now }, settled: &settled)
}
if Stopwatch.isWanted("bill once (new spans)") { for _ in 0..<4096 { bill() } }
Stopwatch.report("bill once (new spans)", spans: 512) {
    bill()
}

// The same for spans that make it search, in a window that is full.
for odd in OddTraffic.allCases where Stopwatch.isWanted("bill, " + odd.rawValue) {
    let (biller, bodies) = (Biller(), 320)
    var fresh: UInt64 = 0
    let ready = (0..<bodies).map { _ in odd.body(&fresh) }
    var (next, slowest, now) = (0, UInt64(0), UInt64(0))
    func bill() {
        settled.removeAll(keepingCapacity: true)
        now += 1_000_000
        // Every round is one of other traces.
        var body = ready[next % bodies]
        let round = UInt64(next / bodies)
        for index in body.calls.indices { body.calls[index].identity.traceIDHigh &+= round }
        for index in body.passThrough.indices { body.passThrough[index].identity.traceIDHigh &+= round }
        next += 1
        let began = Stopwatch.cpuNanoseconds()
        _ = biller.arrive(body, now: { now }, settled: &settled)
        slowest = max(slowest, UInt64(Stopwatch.cpuNanoseconds() - began))
    }
    for _ in 0..<bodies { bill() }
    Stopwatch.report("bill, " + odd.rawValue, spans: 512) { bill() }
    print("    slowest body \(slowest / 1_000) µs, cut searches \(biller.levels.cutSearches)")
}

// How long the window's lock is held, in bodies of calls and in bodies of which one span in ten is a call.
var lean = (1...16 as ClosedRange<UInt64>).map { FreshBody(BenchmarkBody.make(spans: 512, seed: $0), seed: $0) }
try HeldShare.report("lock held, lean", filling: 140, &lean)
try HeldShare.report("lock held, lean gzip", filling: 140, &lean, isCompressed: true)
var mixed = (1...16 as ClosedRange<UInt64>).map { FreshBody(BenchmarkBody.makeMixed(spans: 512, seed: $0), seed: $0) }
try HeldShare.report("lock held, one span in ten a call", filling: 1_300, &mixed)

let pricer = Pricer(book: try PriceBook.embedded(), symbols: symbols)
Stopwatch.report("price", spans: 512) {
    precondition(pricer.price(calls, arrivalNanoseconds: nil).count == 512)
}
let priced = pricer.price(calls, arrivalNanoseconds: nil)

let store = MetricsStore()
let metrics = ModelCallMetrics(store: store, symbols: symbols)
Stopwatch.report("aggregate", spans: 512) { metrics.receive(priced, arrivalNanoseconds: nil) }

Stopwatch.report("load the price book", spans: 1) { _ = try? PriceBook.embedded() }

let (large, exposition) = (LargeRegistry.make(series: 100_000), TextExposition())
Stopwatch.report("render 100,000 series", spans: 1) { _ = exposition.render(large, as: .prometheusText) }
