// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The memory of a service that has received nothing yet.
@Suite struct IdleMemoryTests {
    @Test func `the code that only the start needs is not resident once the service is ready`() throws {
        let service = try ServiceUnderTest()
        let map = try String(contentsOfFile: "/proc/\(service.process.processIdentifier)/smaps", encoding: .utf8)
        let lines = map.split(separator: "\n")
        let code = try #require(lines.firstIndex { $0.contains(" r-xp ") && $0.hasSuffix("/llm-cost-exporter") })
        func kilobytes(_ name: String) throws -> Int {
            let line = try #require(lines[code...].first { $0.hasPrefix(name + ":") })
            return try #require(line.split(separator: " ").compactMap { Int($0) }.first)
        }
        // Before it is given back, more than half is resident.
        let (resident, size) = (try kilobytes("Rss"), try kilobytes("Size"))
        #expect(resident * 2 < size, "\(resident) of \(size) kB are resident")
        #expect(try service.get("/-/ready").status == 200)
    }
}
