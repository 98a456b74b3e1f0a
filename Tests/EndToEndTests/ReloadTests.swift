// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Synchronization
import TestData
import TestSupport
import Testing

/// Settings and prices that change while the service runs.
@Suite struct ReloadTests {
    private static let cheap = PriceFolder.prices(input: 2, output: 20)
    private static let dear = PriceFolder.prices(input: 3, output: 30)

    @Test func `Under load no request fails, and each call is priced wholly by the old or the new book`() throws {
        let folder = try PriceFolder(prices: Self.cheap)
        let service = try ServiceUnderTest(folder.arguments + ["--web.enable-lifecycle"])
        let (otlp, web) = (service.otlpPort, service.webPort)
        let (posters, spans, reloads) = (3, 8, 8)
        let failures = Mutex<[String]>([])
        let answered = Atomic(0)
        let running = Atomic(posters)
        let mayEnd = Atomic(false)
        @Sendable func post(_ worker: Int) {
            defer { running.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
            do {
                var connection = try HTTPConnection(port: otlp)
                var sent = 0
                while !mayEnd.load(ordering: .sequentiallyConsistent) {
                    let calls = (sent..<sent + spans).map { Self.call(worker, $0) }
                    let answer = try connection.send(
                        "POST", "/v1/traces", headers: ["content-type": "application/x-protobuf"],
                        body: TraceRequestWriter().request(spans: calls))
                    if answer.status != 200 { failures.withLock { $0.append(answer.text) } }
                    sent += spans
                    answered.wrappingAdd(1, ordering: .sequentiallyConsistent)
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        for worker in 0..<posters { Thread.detachNewThread { post(worker) } }
        for reload in 0...reloads {
            // Some bodies meet each book.
            let enough = answered.load(ordering: .sequentiallyConsistent) + 10
            try poll(for: "bodies") {
                let isEnough = answered.load(ordering: .sequentiallyConsistent) >= enough
                return isEnough || running.load(ordering: .sequentiallyConsistent) == 0 ? () : nil
            }
            guard reload < reloads else { break }
            try folder.write(prices: reload % 2 == 0 ? Self.dear : Self.cheap)
            var connection = try HTTPConnection(port: web)
            let answer = try connection.send("POST", "/-/reload")
            #expect(answer.status == 200, "\(answer.text)")
        }
        mayEnd.store(true, ordering: .sequentiallyConsistent)
        try poll(for: "the last answers") { running.load(ordering: .sequentiallyConsistent) == 0 ? () : nil }
        #expect(failures.withLock { $0 } == [])
        let last = try service.stopAndScrape()
        let calls = Double(answered.load(ordering: .sequentiallyConsistent) * spans)
        #expect(last.sum("llm_requests_total") == calls)
        #expect(last.sum("llm_unpriced_requests_total") == 0)
        // A call costs 0.022 or 0.033; one of both books would cost something between.
        let dearCalls = (last.sum("llm_cost_dollars_total") - 0.022 * calls) / 0.011
        #expect(abs(dearCalls - dearCalls.rounded()) < 1e-6)
        #expect(dearCalls > 0)
        #expect(dearCalls < calls)
    }

    @Test func `SIGHUP brings new prices into force, and with a broken file the old ones stay`() throws {
        let folder = try PriceFolder(prices: Self.cheap)
        let service = try ServiceUnderTest(folder.arguments)
        try folder.write(prices: Self.dear)
        kill(service.process.processIdentifier, SIGHUP)
        let change = #"msg="price changed" before=2 model=acme/m now=3 of=input"#
        try poll(for: "the reload") { service.process.log.contains(change) ? () : nil }
        #expect(service.process.log.contains("msg=reloaded cause=signal"))

        try folder.write(prices: "format: pricebook/1\nmodels: 7")
        kill(service.process.processIdentifier, SIGHUP)
        try poll(for: "the refusal") { service.process.log.contains("reload refused") ? () : nil }
        #expect(service.process.log.contains("prices.yaml:2: 'models' must be a list"))
        let scraped = Exposition(try service.get("/metrics").text)
        #expect(scraped.sum("llm_cost_exporter_config_last_reload_successful") == 0)
        #expect(scraped.sum("llm_cost_exporter_config_last_reload_success_timestamp_seconds") > 1_700_000_000)

        #expect(
            try service.post(TraceRequestWriter().request(spans: [Self.call(0, 0)])).status == 200)
        #expect(abs(try service.stopAndScrape().sum("llm_cost_dollars_total") - 0.033) < 1e-12)
        #expect(try service.process.waitForExit() == 0)
    }

    @Test func `a changed file is noticed, and settings that need a restart are named`() throws {
        let folder = try PriceFolder(prices: Self.cheap)
        let service = try ServiceUnderTest(folder.arguments)
        try folder.write(
            settings: """
                billing: {settle: 50ms}
                prices: {files: [prices.yaml]}
                limits: {series: 5000}
                otlp: {workers: 3}
                log: {level: error}
                """)
        let later = #"start" keys="limits.series, otlp.workers""#
        try poll(for: "the reload") { service.process.log.contains(later) ? () : nil }
        #expect(service.process.log.contains("cause=changed_file"))
        let answer = try service.get("/metrics")
        #expect(Exposition(answer.text).sum("llm_cost_exporter_series_limit") == 100_000)
    }

    @Test func `the answer to a reload says what happened`() throws {
        let folder = try PriceFolder(prices: Self.cheap)
        let service = try ServiceUnderTest(folder.arguments + ["--web.enable-lifecycle"])
        func reload() throws -> HTTPResponse {
            var connection = try HTTPConnection(port: service.webPort)
            return try connection.send("POST", "/-/reload")
        }
        try folder.write(prices: Self.dear)
        let done = try reload()
        #expect(done.status == 200)
        #expect(done.text.contains("prices changed: 2, added: 0, removed: 0."))
        try folder.write(settings: "limits: {series: 200}\nprices: {files: [prices.yaml]}")
        #expect(try reload().text.contains("only at the next start: billing.settle, limits.series."))
        try folder.write(settings: "prices: {files: [missing.yaml]}")
        let refused = try reload()
        #expect(refused.status == 500)
        #expect(refused.text.contains("settings.yaml:1: the price file"))
        #expect(try service.get("/-/reload").status == 405)
    }

    @Test func `the old name of a setting is a warning at the start and at each reload`() throws {
        let folder = try PriceFolder(prices: Self.cheap)
        try folder.write(settings: "billing: {settle: 50ms, links: 4096}\nprices: {files: [prices.yaml]}")
        let service = try ServiceUnderTest(folder.arguments)
        let warning = "new=billing.remembered_parents old=billing.links position="
        func warnings() -> Int { service.process.log.components(separatedBy: warning).count - 1 }
        #expect(warnings() == 1)
        kill(service.process.processIdentifier, SIGHUP)
        try poll(for: "the warning of the reload") { warnings() == 2 ? () : nil }
    }

    /// A call with 1,000 tokens in and 1,000 out.
    private static func call(_ worker: Int, _ number: Int) -> TraceRequestWriter.Span {
        let bytes = [UInt8(number >> 8), UInt8(number & 0xFF)]
        return TraceRequestWriter.Span(
            traceID: [UInt8](1...15) + [UInt8(worker)], spanID: [1, 0, 0, 0, 0, UInt8(worker)] + bytes,
            attributes: [
                ("gen_ai.operation.name", .string("chat")), ("gen_ai.provider.name", .string("acme")),
                ("gen_ai.request.model", .string("m")), ("gen_ai.usage.input_tokens", .int(1_000)),
                ("gen_ai.usage.output_tokens", .int(1_000)),
            ])
    }
}
