// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTPAPI

/// How connections are divided, and what the limit on open files leaves of them.
@Suite struct ConnectionPlanTests {
    private static func plan(
        limit: Int?, open: Int = 5, cores: Int = 2, _ change: (inout HTTPAPIConfiguration) -> Void = { _ in }
    ) throws -> ConnectionPlan {
        var configuration = HTTPAPIConfiguration()
        change(&configuration)
        try configuration.validate()
        return try ConnectionPlan(
            configuration, descriptors: limit.map { .init(limit: $0, open: open) }, cores: cores)
    }

    @Test func `without a limit both listeners share what the settings ask for`() throws {
        let plan = try Self.plan(limit: nil)
        #expect(plan.total == 1024)
        #expect(plan.web == 64)
        #expect(plan.otlp == 960)
        #expect(plan.otlpLoops == 2)
    }

    @Test func `the web listener's connections are at most a quarter`() throws {
        let plan = try Self.plan(limit: nil) { $0.maxConnections = 10 }
        #expect(plan.web == 2)
        #expect(plan.otlp == 8)
        #expect(try Self.plan(limit: nil) { $0.maxConnections = 2 }.web == 1)
        #expect(try Self.plan(limit: nil) { $0.webConnections = 10 }.web == 10)
    }

    @Test(arguments: [64, 256, 1024, 1_048_576], [1, 2, 64, 1024])
    func `every descriptor that can be needed is under the limit`(limit: Int, cores: Int) throws {
        let plan = try Self.plan(limit: limit, open: 8, cores: cores) { $0.maxConnections = 2_000 }
        let loops = (plan.otlpLoops + 1) * 3
        #expect(8 + loops + plan.total + 2 * ConnectionPlan.margin + 2 <= limit)
        #expect(plan.total >= 4)
        #expect(plan.web >= 2)
        #expect((1...cores).contains(plan.otlpLoops))
    }

    @Test func `a limit that leaves no connections is refused with the number needed`() throws {
        let error = #expect(throws: HTTPAPIError.self) { try Self.plan(limit: 30) }
        #expect(
            error?.description
                == "the limit on open files is 30, and at least 35 are needed; raise the hard limit (ulimit -Hn)")
    }
}
