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

let reader = TraceRequestReader(keys: Interpreter.keys())
var batch = SpanBatch()
Stopwatch.report("decode", spans: 512) {
    try? reader.read(body.span, into: &batch)
    precondition(batch.spans.count == 512)
}

let symbols = SymbolTable()
var interpreter = Interpreter(symbols: symbols)
var calls: [ModelCall] = []
Stopwatch.report("interpret", spans: 512) {
    calls.removeAll(keepingCapacity: true)
    _ = interpreter.interpret(batch, body: body.span, into: &calls)
    precondition(calls.count == 512)
}

let biller = Biller()
var fresh: UInt64 = 0
Stopwatch.report("bill once (new spans)", spans: 512) {
    for index in calls.indices {
        fresh += 1
        calls[index].identity.spanID = fresh
    }
    _ = biller.arrive(&calls)
    precondition(calls.count == 512)
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
