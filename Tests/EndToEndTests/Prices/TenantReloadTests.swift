// SPDX-License-Identifier: Apache-2.0
import Glibc
import TestData
import TestSupport
import Testing

/// Tenants that come with a reload, told by attributes that nobody read before.
@Suite struct TenantReloadTests {
    private static let list = PriceFolder.prices(input: 2, output: 20)

    @Test func `spans that come after a reload are read for the tenants that it brought`() throws {
        let folder = try PriceFolder(prices: Self.list)
        let service = try ServiceUnderTest(folder.arguments + ["--web.enable-lifecycle"])
        var sum = 0.0
        // More bodies than workers, so that each worker reads some.
        func expect(_ factor: Double, from first: UInt8) throws {
            for number in first..<first + 10 {
                #expect(try service.post(Self.body(number)).status == 200)
            }
            sum += 10 * 0.022 * factor
            #expect(abs(try service.scrapeSettled().sum("llm_cost_dollars_total") - sum) < 1e-12)
        }
        try expect(1, from: 0)

        try folder.write(prices: Self.list + Self.tenant("span", "user.plan", "paid", "0.5"))
        var connection = try HTTPConnection(port: service.webPort)
        let answer = try connection.send("POST", "/-/reload")
        #expect(answer.status == 200)
        #expect(!answer.text.contains("next start"), "\(answer.text)")
        try expect(0.5, from: 10)

        try folder.write(prices: Self.list + Self.tenant("resource", "org", "house", "0.25"))
        kill(service.process.processIdentifier, SIGHUP)
        try poll(for: "the reload") { service.process.log.contains("cause=signal") ? () : nil }
        try expect(0.25, from: 20)
        #expect(!service.process.log.contains("next start"))
        // One book in force, one series that says so.
        let books = Exposition(try service.get("/metrics").text).samples.filter { $0.name == "llm_price_book_info" }
        #expect(books.map(\.value) == [1])
    }

    private static func tenant(_ place: String, _ key: String, _ value: String, _ factor: String) -> String {
        "\nversion: by-\(key)\ntenants: {t: {match: {\(place): {\(key): \(value)}}, discount: [{by: \"\(factor)\"}]}}\n"
    }

    /// A call with 1,000 tokens in and 1,000 out.
    private static func body(_ number: UInt8) -> [UInt8] {
        TraceRequestWriter().request(
            resource: [("org", .string("house"))],
            spans: [
                TraceRequestWriter.Span(
                    traceID: [UInt8](1...16), spanID: [1, 0, 0, 0, 0, 0, 0, number],
                    attributes: [
                        ("gen_ai.operation.name", .string("chat")), ("gen_ai.provider.name", .string("acme")),
                        ("gen_ai.request.model", .string("m")), ("gen_ai.usage.input_tokens", .int(1_000)),
                        ("gen_ai.usage.output_tokens", .int(1_000)), ("user.plan", .string("paid")),
                    ])
            ])
    }
}
