// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Commands whose standard output cannot be written end with a status that says so.
@Suite struct BrokenOutputTests {
    static let commands: [[String]] = [
        ["replay", "-"], ["explain", "-"], ["prices", "list"], ["metrics"], ["check-config"], ["--help"],
    ]

    private func run(_ words: [String], shell: String) throws -> ProgramResult {
        try TestSupport.run(URL(filePath: "/bin/sh"), ["-c", shell, Repository.service.path] + words)
    }

    @Test(arguments: commands)
    func `A full disk is an error with a sentence`(command: [String]) throws {
        let result = try run(command, shell: #"exec "$0" "$@" >/dev/full"#)
        #expect(result.status == 74)
        #expect(result.log == "Error: cannot write to standard output: No space left on device\n")
    }

    @Test(arguments: commands)
    func `A reader that is gone ends a command quietly`(command: [String]) throws {
        let folder = try TemporaryFolder()
        let result = try run(command, shell: ShellScripts.withoutReader(folder) + #"exec "$0" "$@" >&4 4>&-"#)
        #expect(result.status == 141)
        #expect(result.log == "")
    }

    @Test func `A closed standard output is an error`() throws {
        let result = try run(["replay", "-"], shell: #"exec "$0" "$@" >&-"#)
        #expect(result.status == 74)
        #expect(result.log == "Error: cannot write to standard output: Bad file descriptor\n")
    }

    @Test func `Messages that cannot be written change neither the result nor the exit status`() throws {
        let body = try #require(try Capture("otel-openai-v2", "chat").posts().first).body
        let folder = try TemporaryFolder()
        try Data(body).write(to: folder.url.appending(path: "body"))
        let files = ["replay", "/nowhere", "\(folder.url.path)/body"]
        let whole = try run(files, shell: #"exec "$0" "$@""#)
        let mute = try run(files, shell: #"exec "$0" "$@" 2>/dev/full"#)
        #expect(whole.status == 1)
        #expect(mute.status == 1)
        #expect(mute.output == whole.output)
    }
}
