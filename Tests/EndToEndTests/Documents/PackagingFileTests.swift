// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The program has each command, flag, variable and key that the files of packaging use.
@Suite struct PackagingFileTests {
    private static let packaging = Repository.root.appending(path: "packaging")

    @Test func `The program has everything that packages, containers and manifests use`() throws {
        let said = try problems(in: Self.packaging)
        let files = try #require(said.last?.split(separator: " ").first.flatMap { Int($0) }, "\(said)")
        #expect(files >= 10)
        #expect(said.count == 1, "\(said)")
    }

    @Test(arguments: [
        ("kubernetes/llm-cost-exporter.yaml", "listen_address:", "listen_adress:", "unknown key 'listen_adress'"),
        ("kubernetes/llm-cost-exporter.yaml", "--config.file", "--config.fil", "serve has no flag --config.fil"),
        ("docker/settings.yaml", "listen_address:", "listen_adress:", "unknown key 'listen_adress'"),
        ("docker/Dockerfile", "OTLP_LISTEN_ADDRESS", "OTLP_ADDRESS", "no variable LLM_COST_EXPORTER_OTLP_ADDRESS"),
        ("docker/Dockerfile", "[\"serve\"", "[\"server\"", "there is no command server"),
        ("docker/collector.yaml", "exporters:", "exporters: [", "no YAML"),
        ("llm-cost-exporter.service", "--config.file", "--config.fil", "serve has no flag --config.fil"),
        ("settings.yaml", "#  final_scrape:", "#  final_scrap:", "unknown key 'final_scrap'"),
    ])
    func `A slip in one of them is found`(file: String, text: String, slip: String, wanted: String) throws {
        let folder = try TemporaryFolder()
        let copy = folder.url.appending(path: "packaging")
        try FileManager.default.copyItem(at: Self.packaging, to: copy)
        let path = copy.appending(path: file)
        let content = try String(contentsOf: path, encoding: .utf8)
        try #require(content.contains(text))
        try content.replacing(text, with: slip).write(to: path, atomically: true, encoding: .utf8)
        let said = try problems(in: copy)
        #expect(said.contains { $0.contains(wanted) }, "\(said)")
    }

    /// What the script prints of a folder, line by line; the last line is the number of files.
    private func problems(in folder: URL) throws -> [Substring] {
        let script = Repository.scripts.appending(path: "packaging_uses.py").path
        let done = try run(Repository.tool("python"), ["-B", script, Repository.service.path, folder.path])
        try #require(done.status == 0, "\(done.log)")
        return done.text.split(separator: "\n")
    }
}
