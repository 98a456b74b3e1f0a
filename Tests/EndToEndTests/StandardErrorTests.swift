// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TestSupport
import Testing

/// A service whose log lines cannot be written serves, reloads and ends like any other.
@Suite struct StandardErrorTests {
    /// What is wrong with standard error from the start.
    enum Fault: String, CaseIterable, CustomTestStringConvertible {
        case fullDisk, closed, allClosed, sizeLimit, readerGone, stalledPipe

        var testDescription: String { rawValue }

        /// A script that gives the service such a standard error.
        func shell(_ folder: TemporaryFolder, _ pipe: StalledPipe) -> String {
            switch self {
            case .fullDisk: #"exec "$0" "$@" 2>/dev/full"#
            case .closed: #"exec "$0" "$@" 2>&-"#
            case .allClosed: #"exec "$0" "$@" <&- >&- 2>&-"#
            case .sizeLimit: #"ulimit -f 0; exec "$0" "$@" 2>"\#(folder.url.path)/log""#
            case .readerGone: ShellScripts.withoutReader(folder) + #"exec "$0" "$@" 2>&4 4>&-"#
            case .stalledPipe: #"exec "$0" "$@" 2>"\#(pipe.path)""#
            }
        }
    }

    @Test(arguments: Fault.allCases)
    func `Nothing but its lines is lost`(fault: Fault) throws {
        let (folder, pipe) = (try TemporaryFolder(), StalledPipe())
        pipe.fill()
        let service = try ServiceUnderTest(["--web.enable-lifecycle"], shell: fault.shell(folder, pipe))
        let capture = try #require(try Capture("otel-openai-v2", "chat").posts().first)
        #expect(try service.post(capture.body, headers: capture.headers).status == 200)
        var connection = try HTTPConnection(port: service.webPort)
        #expect(try connection.send("POST", "/-/reload").status == 200)
        let scraped = try service.scrapeSettled { scraped in
            fault == .stalledPipe || scraped.sum("llm_cost_exporter_log_lines_lost_total") > 0
        }
        #expect(scraped.sum("llm_requests_total") == 1)

        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
    }

    @Test func `A log that stalls later does not hold up the end`() throws {
        let pipe = StalledPipe()
        let service = try ServiceUnderTest(shell: #"exec "$0" "$@" 2>"\#(pipe.path)""#)
        pipe.fill()
        kill(service.process.processIdentifier, SIGHUP)
        #expect(try service.get("/-/healthy").status == 200)
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
    }

    @Test func `A failed start ends with its status even if the reason cannot be written`() throws {
        let pipe = StalledPipe()
        pipe.fill()
        for words in [["--config.file", "/nowhere.yaml"], ["--no-such-flag"]] {
            let process = try ChildProcess(
                URL(filePath: "/bin/sh"),
                ["-c", #"exec "$0" "$@" 2>"\#(pipe.path)""#, Repository.service.path] + words)
            #expect(try process.waitForExit() == (words.count == 1 ? 64 : 1))
        }
    }

    @Test func `No socket takes the place of a closed standard error`() throws {
        let service = try ServiceUnderTest(shell: #"exec "$0" "$@" <&- >&- 2>&-"#)
        for descriptor in 0...2 {
            let target = try FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(service.process.processIdentifier)/fd/\(descriptor)")
            #expect(target == "/dev/null")
        }
    }
}

/// Scripts for odd descriptors.
enum ShellScripts {
    /// Opens descriptor 4 as a pipe that has no reader.
    static func withoutReader(_ folder: TemporaryFolder) -> String {
        let path = "\(folder.url.path)/pipe"
        return "mkfifo \(path); exec 3<>\(path); exec 4>\(path); exec 3<&-; "
    }
}
