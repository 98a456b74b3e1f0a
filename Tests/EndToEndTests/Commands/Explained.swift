// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// What `explain --format json` tells.
struct Explained {
    typealias Object = [String: Any]

    let spans: [Object]
    let models: [Object]
    let outcomes: Object

    /// Explains files.
    ///
    /// - Parameters:
    ///   - files: The files.
    ///   - input: What standard input has.
    /// - Throws: When a file cannot be read, or a line is no object of a known type.
    init(_ files: [String], input: [UInt8] = []) throws {
        let result = try run(Repository.service, ["explain", "--format", "json"] + files, input: input)
        guard result.status == 0 else { throw ExplanationFailure(description: result.log) }
        let objects = try result.text.split(separator: "\n").map { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? Object ?? [:]
        }
        spans = objects.filter { $0["type"] as? String == "span" }
        models = objects.filter { $0["type"] as? String == "model" }
        outcomes = objects.last { $0["type"] as? String == "outcomes" } ?? [:]
        guard spans.count + models.count + 1 == objects.count else {
            throw ExplanationFailure(description: "a line is neither span nor model nor outcomes")
        }
    }

    /// The spans as text in one order of members, without the names of their bodies.
    func comparableSpans() throws -> [String] {
        try spans.map { span in
            let rest = span.filter { $0.key != "body" }
            let sorted = try JSONSerialization.data(withJSONObject: rest, options: .sortedKeys)
            return String(decoding: sorted, as: UTF8.self)
        }
    }
}

/// Nothing was explained.
struct ExplanationFailure: Error, CustomStringConvertible {
    var description: String
}
