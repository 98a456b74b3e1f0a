// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTPAPI

@Suite struct HTTPAPIConfigurationTests {
    @Test func `the defaults are valid`() throws {
        try HTTPAPIConfiguration().validate()
    }

    typealias Change = @Sendable (inout HTTPAPIConfiguration) -> Void

    static let mistakes: [(key: String, change: Change)] = [
        ("web.telemetry_path", { $0.telemetryPath = "metrics" }), ("web.telemetry_path", { $0.telemetryPath = "/a b" }),
        ("web.telemetry_path", { $0.telemetryPath = "/-/healthy" }), ("otlp.max_body_bytes", { $0.maxBodyBytes = 0 }),
        ("otlp.max_inflated_bytes", { $0.maxInflatedBytes = 1 }),
        ("otlp.max_inflight_bytes", { $0.maxInflightBytes = 1 }), ("http.min_body_rate", { $0.minBodyRate = -1 }),
        ("http.header_timeout", { $0.headerTimeout = .zero }),
        ("http.body_timeout", { $0.bodyTimeout = .zero }), ("http.idle_timeout", { $0.idleTimeout = .zero }),
        ("http.write_timeout", { $0.writeTimeout = .zero }), ("http.max_connections", { $0.maxConnections = 1 }),
        ("web.reserved_connections", { $0.webConnections = 0 }), ("web.max_answer_bytes", { $0.maxAnswerBytes = 0 }),
        ("otlp.workers", { $0.workers = -1 }),
        ("shutdown.finish_requests", { $0.finishRequests = .seconds(-1) }),
        ("shutdown.final_scrape", { $0.finalScrape = .seconds(-1) }),
    ]

    @Test(arguments: mistakes)
    func `a setting outside its range is named`(mistake: (key: String, change: Change)) throws {
        var configuration = HTTPAPIConfiguration()
        mistake.change(&configuration)
        let error = try #require(throws: HTTPAPIError.self) { try configuration.validate() }
        #expect(error.description.hasPrefix("\(mistake.key): "))
    }
}
