// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTPAPI

@Suite struct HTTPAPIConfigurationTests {
    @Test func `the defaults are valid`() throws {
        try HTTPAPIConfiguration().validate()
    }

    typealias Change = @Sendable (inout HTTPAPIConfiguration) -> Void

    static let mistakes: [(key: String, change: Change)] = [
        ("web.listen_address", { $0.webAddress = $0.otlpAddress }),
        ("web.telemetry_path", { $0.telemetryPath = "metrics" }), ("web.telemetry_path", { $0.telemetryPath = "/a b" }),
        ("web.telemetry_path", { $0.telemetryPath = "/-/healthy" }), ("otlp.max_body_bytes", { $0.maxBodyBytes = 0 }),
        ("otlp.max_inflated_bytes", { $0.maxInflatedBytes = 1 }),
        ("otlp.max_inflated_bytes", { $0.maxInflatedBytes = (256 << 20) + 1 }),
        ("otlp.max_inflight_bytes", { $0.maxInflightBytes = 1 }), ("http.min_body_rate", { $0.minBodyRate = -1 }),
        ("http.header_timeout", { $0.headerTimeout = .zero }),
        ("http.body_timeout", { $0.bodyTimeout = .zero }), ("http.idle_timeout", { $0.idleTimeout = .zero }),
        ("http.write_timeout", { $0.writeTimeout = .zero }), ("http.max_connections", { $0.maxConnections = 1 }),
        ("web.reserved_connections", { $0.webConnections = 0 }), ("web.max_answer_bytes", { $0.maxAnswerBytes = 0 }),
        ("otlp.workers", { $0.workers = -1 }),
        ("shutdown.finish_requests", { $0.finishRequests = .seconds(-1) }),
        ("shutdown.final_scrape", { $0.finalScrape = .seconds(-1) }),
    ]

    @Test func `a body limit that the memory limit lowers is known, so that it can be logged`() throws {
        var configuration = HTTPAPIConfiguration()
        configuration.maxInflatedBytes = 128 << 20
        try configuration.validate()
        configuration.fit(into: 256 << 20)
        #expect(configuration.maxInflatedBytes == 64 << 20)
        #expect(configuration.loweredInflatedBytes == 128 << 20)
    }

    @Test func `a body limit above the default ceiling is valid with a ceiling of its own`() throws {
        var configuration = HTTPAPIConfiguration()
        (configuration.maxInflatedBytes, configuration.maxInflightBytes) = (300 << 20, 300 << 20)
        try configuration.validate()
        configuration.fit(into: 256 << 20)
        #expect(configuration.loweredInflatedBytes == nil)
    }

    @Test(arguments: mistakes)
    func `a setting outside its range is named`(mistake: (key: String, change: Change)) throws {
        var configuration = HTTPAPIConfiguration()
        mistake.change(&configuration)
        let error = try #require(throws: HTTPAPIError.self) { try configuration.validate() }
        #expect(error.description.hasPrefix("\(mistake.key): "))
    }
}
