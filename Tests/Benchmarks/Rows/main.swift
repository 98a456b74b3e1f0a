// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Foundation
import GenAI
import Glibc
import Ledger
import OTLP
import Pricing

// Writes calls as rows, as fast as it can, and prints what a call costs in processor time and on the disk.
// Arguments: the number of calls (1,000,000), how many of them a trace has (1), and how many seconds they are spread over (60).

let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
let count = arguments.first ?? 1_000_000
let perTrace = arguments.count > 1 ? arguments[1] : 1
let seconds = arguments.count > 2 ? arguments[2] : 60

func processorSeconds() -> Double {
    var usage = rusage()
    _ = unsafe getrusage(RUSAGE_SELF, &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

func peakMegabytes() -> Int {
    var usage = rusage()
    _ = unsafe getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss / 1_024
}

let symbols = SymbolTable()
let book = try PriceBook.embedded()
symbols.know(BookValues(of: [book]))
let attributions = AttributionTable(
    rules: [
        LabelRule(name: "team", sources: [.span("team")]),
        LabelRule(name: "service", sources: [.resource("service.name")]),
    ], symbols: symbols)
let texts = RowTexts(
    shown: CallTexts(
        symbols: symbols, attributions: attributions, labels: ModelLabels(symbols: symbols),
        providerID: { _, _, _ in nil }), symbols: symbols)
let pricer = Pricer(book: book, symbols: symbols)
let start: UInt64 = 1_785_000_000_000_000_000
let models = ["gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini"].map { symbols.symbol(for: $0, in: .model) }
let provider = symbols.symbol(for: "openai", in: .provider)
let operation = symbols.symbol(for: "chat", in: .operation)
let sets = (0..<20).map { number in
    attributions.attribution(
        of: AttributionTable.Entry(
            own: [
                .init(text: symbols.symbol(for: "team-\(number % 5)", in: .label), rank: 0),
                .init(text: symbols.symbol(for: "service-\(number / 5)", in: .label), rank: 0),
            ], offers: [.none, .none]))
}

var random = SystemRandomNumberGenerator()
func call(_ number: UInt64, _ trace: (UInt64, UInt64)) -> ModelCall {
    var call = ModelCall(
        identity: SpanIdentity(
            traceIDHigh: trace.0, traceIDLow: trace.1, spanID: .random(in: 1 ... .max, using: &random)))
    call.parentSpanID = .random(in: 1 ... .max, using: &random)
    let end = start + number * (seconds * 1_000_000_000 / count)
    call.endNanoseconds = Outside(end)
    call.startNanoseconds = Outside(end - .random(in: 200_000_000...9_000_000_000, using: &random))
    call.provider = provider
    call.requestModel = models[Int(number) % models.count]
    call.responseModel = call.requestModel
    call.operation = operation
    call.reportsUsage = true
    call.usage[.input] = .random(in: 100...9_000, using: &random)
    call.usage[.output] = .random(in: 10...900, using: &random)
    if number % 2 == 0 { call.usage[.cacheRead] = .random(in: 100...9_000, using: &random) }
    call.attribution = sets[Int(number / perTrace) % sets.count]
    return call
}

var batches: [PricedCalls] = []
var trace: (UInt64, UInt64) = (0, 0)
var batch: [ModelCall] = []
for number in 0..<count {
    if number % perTrace == 0 {
        trace = (.random(in: .min ... .max, using: &random), .random(in: .min ... .max, using: &random))
    }
    batch.append(call(number, trace))
    if batch.count == 64 || number == count - 1 {
        batches.append(pricer.price(batch, arrivalNanoseconds: start + seconds * 1_000_000_000))
        batch.removeAll()
    }
}

let path = CommandLine.arguments.last.map { $0.hasPrefix("/") ? $0 : "" } ?? ""
let folder = path.isEmpty ? "/tmp/rows-benchmark-\(getpid())" : path
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
let store = try RowStore(
    path: "\(folder)/ledger.db", configuration: RowConfiguration(), texts: texts,
    wallNanoseconds: { start + seconds * 1_000_000_000 })
let before = peakMegabytes()
store.start()
let (beganProcessor, began) = (processorSeconds(), Date())
for (index, priced) in batches.enumerated() {
    while store.waiting > 65_536 { usleep(1_000) }
    store.append(priced, arrivalNanoseconds: start + seconds * 1_000_000_000, number: UInt64(index + 1))
}
store.flush()
let (processor, wall) = (processorSeconds() - beganProcessor, Date().timeIntervalSince(began))
store.stop()
let size = (try FileManager.default.attributesOfItem(atPath: "\(folder)/ledger.db")[.size] as? Int) ?? 0
print(
    "\(count) calls, \(perTrace) a trace, over \(seconds) s:",
    String(
        format: "%.2f µs of processor a call, %.2f µs of time, %.1f bytes a call, peak %d MiB more",
        processor * 1e6 / Double(count), wall * 1e6 / Double(count), Double(size) / Double(count),
        peakMegabytes() - before))
if path.isEmpty { try? FileManager.default.removeItem(atPath: folder) }
