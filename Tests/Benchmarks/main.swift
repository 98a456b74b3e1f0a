// SPDX-License-Identifier: Apache-2.0
// What each room takes of the CPU for one body of 512 spans with 16 attributes.
import Aggregation
import Billing
import Compression
import Exposition
import GenAI
import Ingest
import OTLP
import Pricing

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

let symbols = SymbolTable()
var interpreter = Interpreter(symbols: symbols)
var spans = InterpretedSpans()
Stopwatch.report("interpret", spans: 512) {
    spans.removeAll()
    _ = interpreter.interpret(batch, body: body.span, into: &spans)
    precondition(spans.calls.count == 512)
}
let calls = spans.calls

let biller = Biller()
var settled: [ModelCall] = []
var fresh: UInt64 = 0
Stopwatch.report("bill once (new spans, ids and parents, a full window)", spans: 512) {
    for index in spans.calls.indices {
        fresh += 1
        spans.calls[index].identity.spanID = fresh
        spans.calls[index].identity.traceIDLow = mix64(fresh, 0x9E37_79B9_7F4A_7C15)
        spans.calls[index].parentSpanID = mix64(fresh, 0xA076_1D64_78BD_642F)
        spans.calls[index].responseID = mix64(fresh, 0xE703_7ED1_A0B4_28DB)
    }
    settled.removeAll(keepingCapacity: true)
    _ = biller.arrive(spans, now: fresh, settled: &settled)
}

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
