// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// `--output FILE`: a result in a file, whole or not at all.
@Suite struct OutputFileTests {
    private let folder: TemporaryFolder
    private let body: String

    init() throws {
        folder = try TemporaryFolder()
        body = try #require(try Capture("otel-openai-v2", "chat").posts().first).file.path
    }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }
    private func content(_ name: String) -> String? { try? String(contentsOfFile: path(name), encoding: .utf8) }

    @Test(arguments: [["report"], ["report", "--format", "csv"], ["replay"], ["explain"], ["explain", "--totals"]])
    func `the file gets what standard output would get`(command: [String]) throws {
        let printed = try run(Repository.service, command + [body])
        try Data("old".utf8).write(to: folder.url.appending(path: "out"))
        let written = try run(Repository.service, command + ["--output", path("out"), body])
        #expect(written.status == 0, "\(written.log)")
        #expect(written.output.isEmpty)
        #expect(content("out") == printed.text)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["out"])
    }

    @Test func `an incomplete result leaves the file as it was`() throws {
        try Data("old".utf8).write(to: folder.url.appending(path: "out"))
        let result = try run(Repository.service, ["report", "--output", path("out"), body, "no-such-file"])
        #expect(result.status == 1)
        #expect(result.log.contains("no-such-file: the file cannot be read"))
        #expect(result.log.contains("was not written, since the result is not complete"))
        #expect(content("out") == "old")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["out"])
    }

    @Test func `a link stays a link, and a file keeps its permissions`() throws {
        let target = folder.url.appending(path: "target")
        try Data("old".utf8).write(to: target)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: target.path)
        try FileManager.default.createSymbolicLink(at: folder.url.appending(path: "link"), withDestinationURL: target)
        let result = try run(Repository.service, ["report", "--output", path("link"), body])
        #expect(result.status == 0, "\(result.log)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("link")) == target.path)
        #expect(content("target")?.contains("gpt-4o-mini") == true)
        let attributes = try FileManager.default.attributesOfItem(atPath: target.path)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
    }

    @Test(
        arguments: [
            ("", "it is a folder; give the name of a file in it"), ("gone/out", "its folder does not exist"),
            ("body/out", "a part of its path is no folder"),
        ])
    func `a place where no file can be is refused before the work begins`(name: String, problem: String) throws {
        try Data("x".utf8).write(to: folder.url.appending(path: "body"))
        let result = try run(Repository.service, ["report", "--output", path(name), "no-such-file"])
        #expect(result.status == 74)
        #expect(result.log.contains(problem), "\(result.log)")
        #expect(!result.log.contains("no-such-file"))
    }

    @Test func `a device is refused, since it must not be replaced`() throws {
        let result = try run(Repository.service, ["report", "--output", "/dev/null", body])
        #expect(result.status == 74)
        #expect(result.log.contains("/dev/null: the file cannot be written: it is no ordinary file"))
        var status = stat()
        #expect(unsafe stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }

    @Test func `a hyphen is standard output`() throws {
        let result = try run(Repository.service, ["report", "--output", "-", body])
        #expect(result.status == 0)
        #expect(result.text.contains("gpt-4o-mini"))
    }
}
