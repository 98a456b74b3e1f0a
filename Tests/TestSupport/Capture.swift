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
    }

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

    private func expectedFile() throws -> ExpectedFile {
        let file = Self.folder(instrumentation).appending(path: "\(scenario).expected.json")
        return try JSONDecoder().decode(ExpectedFile.self, from: Data(contentsOf: file))
    }

    private static func folder(_ instrumentation: String) -> URL {
        Repository.root.appending(path: "Tests/Captures").appending(path: instrumentation)
    }
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
        package var error: Bool
        package var usage_present: Bool
    }

    package var span_count: Int
    package var calls_with_usage: Int
    package var failed_calls: Int
    package var totals_by_model: [Total]
    package var model_calls: [Call]
}

private struct ExpectedFile: Decodable {
    var trace_posts: [String]
    var consumer: ExpectedReading
}

private struct RecordedHead: Decodable {
    var headers: [String: String]
}
