// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Where the tests find what they use: all of it inside the repository.
package enum Repository {
    /// The folder of the package.
    package static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Scripts that the end-to-end tests run.
    package static let scripts = root.appending(path: "Tests/EndToEndTests/Scripts")

    /// The service, which the build leaves beside the tests.
    package static let service = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "llm-cost-exporter")

    /// A program that only tests use.
    ///
    /// - Parameter name: `promtool`, `prometheus`, `alertmanager`, `rotel`, `python` or `opentelemetry-instrument`.
    /// - Returns: Its path below `.build/test-tools`.
    /// - Throws: ``MissingTool`` when `scripts/test-tools` has not been run.
    package static func tool(_ name: String) throws -> URL {
        let place = ["python", "opentelemetry-instrument"].contains(name) ? "python/bin/\(name)" : "bin/\(name)"
        let path = root.appending(path: ".build/test-tools").appending(path: place)
        guard FileManager.default.isExecutableFile(atPath: path.path) else { throw MissingTool(name: name) }
        return path
    }
}

/// A program that the tests need is not there.
package struct MissingTool: Error, CustomStringConvertible {
    package var name: String
    package var description: String { "\(name) is not in .build/test-tools; run scripts/test-tools (make test does)" }
}

/// A folder of one test's own, removed with the last reference to it.
package final class TemporaryFolder: Sendable {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "llm-cost-exporter-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
