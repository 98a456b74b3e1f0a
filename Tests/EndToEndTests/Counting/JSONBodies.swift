// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// How a request is written as JSON.
///
/// - SeeAlso: `Scripts/to_json.py`.
enum JSONForm: String, CaseIterable, Sendable {
    /// As the common exporters write it.
    case usual
    /// The same in other words: other order, other number forms, unknown members, white space.
    case unusual
}

/// The recorded bodies as OTLP/JSON.
struct JSONBodies: Sendable {
    static let headers = ["content-type": "application/json"]

    /// All recorded bodies in every form, converted once.
    private static let all = Result {
        try Dictionary(uniqueKeysWithValues: JSONForm.allCases.map { ($0, try JSONBodies($0)) })
    }

    private let folder: TemporaryFolder
    private let fileByOriginal: [URL: URL]

    private init(_ form: JSONForm) throws {
        folder = try TemporaryFolder()
        let originals = try Capture.all.flatMap { try $0.posts() }.filter { !$0.isJSON }.map(\.file)
        let script = Repository.scripts.appending(path: "to_json.py").path
        let arguments = [script, form.rawValue, folder.url.path] + originals.map(\.path)
        let converted = try run(Repository.tool("python"), arguments)
        guard converted.status == 0 else { throw ConversionFailure(description: converted.log) }
        let files = originals.indices.map { [folder] in folder.url.appending(path: "\($0).json") }
        fileByOriginal = Dictionary(uniqueKeysWithValues: zip(originals, files))
    }

    /// The bodies of a scenario in order of arrival; those recorded as JSON stay as they are.
    ///
    /// - Parameters:
    ///   - capture: The scenario.
    ///   - form: The form that protobuf bodies are given.
    /// - Returns: One POST for each that was recorded.
    /// - Throws: ``ConversionFailure``, or when a file is absent.
    static func posts(of capture: Capture, form: JSONForm) throws -> [Capture.Post] {
        let fileByOriginal = try all.get()[form]?.fileByOriginal ?? [:]
        return try capture.posts().map { post in
            guard let file = fileByOriginal[post.file] else { return post }
            var converted = post
            converted.file = file
            converted.headers = Self.headers
            converted.body = Array(try Data(contentsOf: file))
            return converted
        }
    }
}

/// Bodies could not be converted.
struct ConversionFailure: Error, CustomStringConvertible {
    var description: String
}
