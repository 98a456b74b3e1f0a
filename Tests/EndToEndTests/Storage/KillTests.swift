// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Glibc
import TestData
import TestSupport
import Testing

/// A service with a folder is killed at any moment and started again, and its counters are those of an undisturbed run.
@Suite struct KillTests {
    /// How often the service is killed; `make storm` asks for more.
    private static let rounds =
        ProcessInfo.processInfo.environment["LLM_COST_EXPORTER_STORM"].flatMap { Int($0) } ?? 10

    /// Bodies of many instrumentations: calls that are seen twice, agents, calls sent again, in several posts.
    private static func bodies() throws -> [Capture.Post] {
        let captures = Capture.all.filter { $0.instrumentation != Capture.mergedInstrumentation }
        return try captures.flatMap { try $0.posts() }
    }

    /// Spans wait for longer than a start takes.
    private static let settings = "billing: {settle: 3s}"

    @Test func `killed at random moments, it loses nothing and counts nothing twice`() throws {
        let bodies = try Self.bodies()
        let undisturbed = try ServiceUnderTest(settings: Self.settings)
        for body in bodies { #expect(try undisturbed.post(body.body, headers: body.headers).status == 200) }
        let expected = try Self.counters(undisturbed)
        #expect(expected.count > 100)

        var generator = SeededGenerator(seed: UInt64(Self.rounds))
        let folder = try TemporaryFolder()
        var service = try ServiceUnderTest(
            ["--storage.path", folder.url.appending(path: "data").path], settings: Self.settings)
        var (kills, next) = (0, 0)
        var shown = Exposition("")
        while next < bodies.count {
            let left = Self.rounds - kills
            let isKilled = left > 0 && Int.random(in: 0..<max(1, (bodies.count - next) / left), using: &generator) == 0
            if isKilled {
                shown = Exposition(try service.get("/metrics").text)
                let process = service.process.processIdentifier
                let delay = DispatchTimeInterval.microseconds(.random(in: 0...4_000, using: &generator))
                DispatchQueue.global().asyncAfter(deadline: .now() + delay) { kill(process, SIGKILL) }
            }
            // The sender repeats a body until it is answered, and now and then one whose answer it lost.
            let answer = try? service.post(bodies[next].body, headers: bodies[next].headers)
            if isKilled {
                kills += 1
                #expect(try service.process.waitForExit() == -SIGKILL)
                service = try ServiceUnderTest(
                    ["--storage.path", folder.url.appending(path: "data").path], settings: Self.settings)
                let again = Exposition(try service.get("/metrics").text)
                #expect(Self.lower(again, than: shown) == [], "after kill \(kills)")
            }
            if answer?.status == 200, !isKilled || Bool.random(using: &generator) { next += 1 }
        }
        let counters = try Self.counters(service, like: expected)
        #expect(counters.filter { !expected.contains($0) } == [], "after \(kills) kills")
        #expect(expected.filter { !counters.contains($0) } == [], "after \(kills) kills")
        #expect(kills == Self.rounds)

        // An orderly stop saves the state, and does not wait for a scrape.
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        service = try ServiceUnderTest(
            ["--storage.path", folder.url.appending(path: "data").path], settings: Self.settings)
        #expect(try Self.counters(service, like: counters) == counters)
    }

    @Test func `a second process on a folder says who uses it`() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "data").path
        let first = try ServiceUnderTest(["--storage.path", path])
        let second = try run(
            Repository.service,
            ["--storage.path", path, "--otlp.listen-address", "127.0.0.1:0", "--web.listen-address", "127.0.0.1:0"])
        #expect(second.status == 1)
        #expect(second.log.contains("it is in use by process \(first.process.processIdentifier) of version"))
    }

    /// The series of calls once everything is decided and counted, as lines of the page.
    ///
    /// Calls that are decided are priced and stored before they are counted, so that a page may still lack some.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - expected: What the page should show; it is waited for.
    /// - Returns: What the page shows.
    /// - Throws: ``HTTPFailure`` or ``DeadlinePassed``.
    private static func counters(
        _ service: ServiceUnderTest, like expected: Set<String>? = nil
    ) throws -> Set<String> {
        _ = try service.scrapeSettled { $0.sum("llm_cost_exporter_storage_backlog_calls") == 0 }
        if let expected {
            try? poll(for: "the counters", deadline: .seconds(20)) { try lines(service) == expected ? () : nil }
        }
        return try lines(service)
    }

    private static func lines(_ service: ServiceUnderTest) throws -> Set<String> {
        let lines = try service.get("/metrics").text.split(separator: "\n").map(String.init)
        return Set(
            lines.filter { line in
                line.hasPrefix("llm_") && !line.hasPrefix("llm_cost_exporter_") && !line.hasPrefix("llm_price_book")
            })
    }

    /// The series of calls that are lower on a page than on an earlier one, or not on it.
    private static func lower(_ page: Exposition, than earlier: Exposition) -> [String] {
        let values = Dictionary(page.samples.map { (key($0), $0.value) }) { $1 }
        return earlier.samples.filter { sample in
            sample.name.hasPrefix("llm_") && !sample.name.hasPrefix("llm_cost_exporter_")
                && sample.name != "llm_price_book_info" && values[key(sample)] ?? -1 < sample.value
        }.map { "\($0)" }
    }

    private static func key(_ sample: Exposition.Sample) -> String {
        sample.name + sample.labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined()
    }
}
