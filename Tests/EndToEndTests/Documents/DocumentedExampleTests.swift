// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The examples of the documentation print what the documentation shows.
///
/// An example is a block of shell commands with a block of output behind it. A YAML block whose first line is a comment with a
/// file's name is that file. Where a page sends spans, a service runs, and a Python block is run as well.
@Suite struct DocumentedExampleTests {
    /// A folder in which the commands of the documentation work.
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let bin = folder.url.appending(path: "bin")
        try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: bin.appending(path: "llm-cost-exporter"), withDestinationURL: Repository.service)
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: "Tests"), withDestinationURL: Repository.root.appending(path: "Tests"))
        // A page may use a file that another one shows.
        for block in try MarkdownPage.all.reversed().flatMap({ try MarkdownPage($0).blocks.reversed() }) {
            try write(block)
        }
    }

    @Test(arguments: MarkdownPage.all)
    func `Examples print the output that stands behind them`(page path: String) throws {
        let page = try MarkdownPage(path)
        let service = page.blocks.contains { $0.language == "python" } ? try ServiceUnderTest() : nil
        for (index, block) in page.blocks.enumerated() {
            try write(block)
            let next = index + 1 < page.blocks.count ? page.blocks[index + 1] : nil
            if block.language == "python" {
                let script = Self.addressed(block.text, to: service)
                let done = try run(Repository.tool("python"), ["-c", script])
                #expect(done.status == 0, "\(path): \(done.log)")
            } else if block.language == "sh", let next, next.language.isEmpty, next.heading == block.heading {
                let printed = try output(of: block.text, service: service)
                #expect(Self.matches(printed, next.text), "\(path): \(block.text)\nprinted\n\(printed)")
            }
        }
    }

    @Test func `Commands in tables print the text behind their arrow`() throws {
        let proofs = try MarkdownPage("README.md").rows(by: "what goes wrong")
        #expect(proofs.count >= 5)
        for proof in proofs {
            let parts = MarkdownPage.code(in: proof[2])
            try #require(parts.count == 2 && proof[2].contains("` → `"), "\(proof[2])")
            let printed = try output(of: parts[0], service: nil)
            #expect(printed.contains(parts[1]), "\(parts[0])\nprinted\n\(printed)")
        }
    }

    /// What a block of shell commands prints, errors included.
    private func output(of script: String, service: ServiceUnderTest?) throws -> String {
        var printed = ""
        // A documented wait for the settle window is a wait until everything is counted.
        for (index, part) in Self.addressed(script, to: service).components(separatedBy: "sleep 11").enumerated() {
            if index > 0 { _ = try service?.scrapeSettled() }
            let start = "exec 2>&1; cd '\(folder.url.path)'; PATH=\"$PWD/bin:$PATH\"\n"
            printed += try run(URL(filePath: "/bin/bash"), ["-c", start + part]).text
        }
        return printed
    }

    private func write(_ block: MarkdownPage.Block) throws {
        guard block.language == "yaml", let name = block.fileName else { return }
        try block.text.write(to: folder.url.appending(path: name), atomically: true, encoding: .utf8)
    }

    /// A text with the addresses of a running service in place of the default ones.
    private static func addressed(_ text: String, to service: ServiceUnderTest?) -> String {
        guard let service else { return text }
        return text.replacing("127.0.0.1:4318", with: "127.0.0.1:\(service.otlpPort)")
            .replacing("127.0.0.1:9464", with: "127.0.0.1:\(service.webPort)")
    }

    /// Whether an output is the documented one; a last line `…` stands for any rest.
    private static func matches(_ printed: String, _ documented: String) -> Bool {
        documented.hasSuffix("…\n") ? printed.hasPrefix(documented.dropLast(2)) : printed == documented
    }
}
