// SPDX-License-Identifier: Apache-2.0
package import Foundation
import Testing

/// One scenario of `Tests/Captures`: what a real exporter sent, and what a right reader makes of it.
///
/// - SeeAlso: `Tests/Captures/README.md`.
package struct Capture: Sendable, CustomTestStringConvertible {
    /// One traces POST.
    package struct Post: Sendable {
        package var file: URL
        package var headers: [String: String]
        package var body: [UInt8]

        package var isJSON: Bool { headers["content-type"]?.hasPrefix("application/json") == true }

        /// Splits the body into bodies of one span each.
        ///
        /// - Returns: Bodies in the same form, in the order of the spans; not compressed.
        /// - Throws: When the body cannot be read.
        package func singleSpanBodies() throws -> [[UInt8]] {
            try SingleSpanBodies.split(plainBody(), isJSON: isJSON)
        }

        /// The body without its compression.
        package func plainBody() throws -> [UInt8] {
            guard headers["content-encoding"] == "gzip" else { return body }
            return try run(URL(filePath: "/bin/gzip"), ["-dc"], input: body).output
        }
    }

    /// The folder whose bodies join those of others: its spans are theirs and count once with them.
    package static let mergedInstrumentation = "collector-merged"

    /// All scenarios of all folders, by name.
    package static let all: [Capture] = {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: captures.path)) ?? []
        return folders.sorted().flatMap { all(of: $0) }
    }()

    package var instrumentation: String
    package var scenario: String

    package var testDescription: String { "\(instrumentation)/\(scenario)" }

    package init(_ instrumentation: String, _ scenario: String) {
        self.instrumentation = instrumentation
        self.scenario = scenario
    }

    /// All scenarios of an instrumentation, by name.
    ///
    /// - Parameter instrumentation: The folder's name.
    /// - Returns: None when there is no such folder.
    package static func all(of instrumentation: String) -> [Capture] {
        let suffix = ".expected.json"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder(instrumentation).path)) ?? []
        return files.filter { $0.hasSuffix(suffix) }.sorted()
            .map { Capture(instrumentation, String($0.dropLast(suffix.count))) }
    }

    /// What a right reader makes of the bodies.
    ///
    /// - Returns: The `consumer` block of the scenario's `expected.json`.
    /// - Throws: When the file is absent or not in that form.
    package func expected() throws -> ExpectedReading { try expectedFile().consumer }

    /// The bodies in order of arrival.
    ///
    /// - Returns: At least one.
    /// - Throws: When a file is absent or not in its form.
    package func posts() throws -> [Post] {
        try expectedFile().trace_posts.map { name in
            let file = Self.folder(instrumentation).appending(path: name)
            let headers = file.deletingPathExtension().appendingPathExtension("headers.json")
            let recorded = try JSONDecoder().decode(RecordedHead.self, from: Data(contentsOf: headers)).headers
            let kept = recorded.filter { ["content-type", "content-encoding"].contains($0.key) }
            return Post(file: file, headers: kept, body: Array(try Data(contentsOf: file)))
        }
    }

    /// The ids of those answers that the provider did not stream.
    ///
    /// - Returns: None for calls whose answers have no id.
    /// - Throws: When the file is absent or not in that form.
    package func unstreamedResponses() throws -> Set<String> {
        Set(try expectedFile().llm_calls.filter { $0.streaming == false }.compactMap(\.response_id))
    }

    /// The model of a request that the provider refused.
    ///
    /// - Returns: The model of the first; `nil` when it refused none.
    /// - Throws: When the file is absent or not in that form.
    package func refusedModel() throws -> String? {
        try expectedFile().llm_calls.first { $0.http_status ?? 200 >= 400 }?.request_model
    }

    private func expectedFile() throws -> ExpectedFile {
        let file = Self.folder(instrumentation).appending(path: "\(scenario).expected.json")
        return try JSONDecoder().decode(ExpectedFile.self, from: Data(contentsOf: file))
    }

    private static let captures = Repository.root.appending(path: "Tests/Captures")

    private static func folder(_ instrumentation: String) -> URL { captures.appending(path: instrumentation) }
}

/// What a right reader of a scenario's bodies arrives at; names are those of `expected.json`.
package struct ExpectedReading: Sendable, Decodable {
    /// Tokens of one model, input including cache and output including reasoning.
    package struct Total: Sendable, Decodable {
        package var model: String
        /// `inference` or `embeddings`.
        package var kind: String
        package var calls: Int
        package var input_tokens: Int
        package var output_tokens: Int
        package var cache_read_tokens: Int
        package var cache_write_tokens: Int
        package var cache_write_1h_tokens: Int
        package var reasoning_tokens: Int
    }

    /// One call of a model.
    package struct Call: Sendable, Decodable {
        /// Absent when no attribute names it.
        package var model: String?
        /// `inference` or `embeddings`.
        package var kind: String
        package var error: Bool
        package var usage_present: Bool
        package var ttft_seconds: Double?
        package var response_id: String?
        package var duration_seconds: Double
    }

    package var span_count: Int
    package var calls_with_usage: Int
    package var failed_calls: Int
    package var totals_by_model: [Total]
    package var model_calls: [Call]
}

private struct ExpectedFile: Decodable {
    /// What the provider noted of one request.
    struct LedgerEntry: Decodable {
        var response_id: String?
        var streaming: Bool?
        var http_status: Int?
        var request_model: String?
    }

    var trace_posts: [String]
    var llm_calls: [LedgerEntry]
    var consumer: ExpectedReading
}

private struct RecordedHead: Decodable {
    var headers: [String: String]
}
