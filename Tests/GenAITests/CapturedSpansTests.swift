// SPDX-License-Identifier: Apache-2.0
import Foundation
import GenAI
import OTLP
import Testing

/// Every span of the captured runs, by itself: whether one call seen twice is counted once is for others to test.
@Suite struct CapturedSpansTests {
    /// The runs whose bodies are plain protobuf; other tests read the other encodings.
    static let runs: [String] = {
        let files = FileManager.default.enumerator(atPath: captures.path)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".expected.json") }.map { String($0.dropLast(14)) }.filter { run in
            bodies(of: run).allSatisfy { body in
                let headers = object(body.dropLast(4) + ".headers.json")["headers"] as? [String: String] ?? [:]
                let values = Dictionary(headers.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
                return values["content-type"] == "application/x-protobuf" && values["content-encoding"] == nil
            }
        }.sorted()
    }()

    private static let captures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Captures")

    private static func object(_ path: String) -> [String: Any] {
        let data = FileManager.default.contents(atPath: captures.appendingPathComponent(path).path) ?? Data()
        return (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
    }

    private static func bodies(of run: String) -> [String] {
        let folder = run.prefix { $0 != "/" }
        let posts = object(run + ".expected.json")["trace_posts"] as? [String] ?? []
        return posts.map { "\(folder)/\($0)" }
    }

    /// What is compared of a call.
    struct Facts: Hashable {
        var model = ""
        var isEmbedding = false
        var hasFailed = false
        var reportsUsage = false
        var hasID = false
        var counts: [Int64] = []

        init(_ call: ModelCall, _ symbols: SymbolTable) {
            model = symbols.text(of: call.model)
            isEmbedding = symbols.text(of: call.operation) == "embeddings"
            hasFailed = call.hasFailed
            reportsUsage = call.reportsUsage
            hasID = call.responseID != 0
            let usage = call.usage
            counts = [
                usage.totalInput, usage.totalOutput, usage[.cacheRead], usage[.cacheWrite] + usage[.cacheWrite1h],
                usage[.cacheWrite1h], usage[.reasoning],
            ]
        }

        init(expected: [String: Any]) {
            func count(_ name: String) -> Int64 { (expected[name] as? NSNumber)?.int64Value ?? 0 }
            model = expected["model"] as? String ?? ""
            isEmbedding = expected["kind"] as? String == "embeddings"
            hasFailed = expected["error"] as? Bool ?? false
            reportsUsage = expected["usage_present"] as? Bool ?? false
            hasID = expected["response_id"] is String
            counts = [
                count("input_tokens"), count("output_tokens"), count("cache_read_tokens"), count("cache_write_tokens"),
                count("cache_write_1h_tokens"), count("reasoning_tokens"),
            ]
        }
    }

    @Test(arguments: runs)
    func `every call of a captured run is told as it was`(run: String) throws {
        let symbols = SymbolTable()
        var interpreter = Interpreter(symbols: symbols)
        let reader = TraceRequestReader(keys: Interpreter.keys(), events: Interpreter.eventNames())
        var batch = SpanBatch()
        var spans = InterpretedSpans()
        for path in Self.bodies(of: run) {
            let file = Self.captures.appendingPathComponent(path).path
            let body = [UInt8](try #require(FileManager.default.contents(atPath: file)))
            try reader.read(body.span, into: &batch)
            _ = interpreter.interpret(batch, body: body.span, into: &spans)
        }
        // A body that was sent twice has the same spans twice.
        var seen: Set<SpanIdentity> = []
        let all = spans.calls.filter { seen.insert($0.identity).inserted }
        var calls = all.filter { !$0.isAggregate && !$0.isUnmarked }.map { Facts($0, symbols) }

        let consumer = try #require(Self.object(run + ".expected.json")["consumer"] as? [String: Any])
        let expected = consumer["model_calls"] as? [[String: Any]] ?? []
        var spansOfCalls = 0
        for call in expected where consumer["contested"] == nil {
            let facts = Facts(expected: call)
            // A reader of nothing but plain attributes finds no model on some failed calls.
            let index = calls.firstIndex {
                var told = $0
                if facts.model.isEmpty, facts.hasFailed { told.model = "" }
                return told == facts
            }
            #expect(index != nil, "\(facts) among \(calls)")
            if let index { calls.remove(at: index) }
            spansOfCalls += (call["spans_of_this_call"] as? Int ?? 1) - 1
        }
        // What is left are the other spans of calls that several libraries saw, and calls around calls, without usage.
        if consumer["contested"] == nil {
            #expect(calls.filter(\.reportsUsage).count <= spansOfCalls, "\(calls)")
        }
        let repeating = consumer["other_spans_repeating_usage"] as? [Any] ?? []
        #expect(all.filter { ($0.isAggregate || $0.isUnmarked) && $0.reportsUsage }.count == repeating.count)
    }
}
