// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Prometheus understands the queries and rules of the documentation.
@Suite struct DocumentedQueryTests {
    @Test func `promtool accepts each query and alert`() throws {
        let pages = try (MarkdownPage.all + ["grafana/README.md"]).map { try MarkdownPage($0) }
        let blocks = pages.flatMap(\.blocks)
        // Some questions are asked of the service itself.
        let queries =
            pages.flatMap { $0.rows(by: "question") }.compactMap { MarkdownPage.code(in: $0[1]).first }
            .filter { !$0.hasPrefix("GET /") } + blocks.filter { $0.language == "promql" }.map(\.text)
        #expect(!queries.isEmpty)
        let alerts = blocks.filter { $0.language == "yaml" && $0.text.hasPrefix("- alert:") }
        #expect(!alerts.isEmpty)

        var rules = "groups:\n- name: documented\n  rules:\n"
        for (index, query) in queries.enumerated() {
            let quoted = try String(decoding: JSONEncoder().encode(query), as: UTF8.self).replacing("\\/", with: "/")
            rules += "  - record: documented:query:\(index)\n    expr: \(quoted)\n"
        }
        for line in alerts.flatMap({ $0.text.split(separator: "\n") }) { rules += "  " + line + "\n" }
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "rules.yaml")
        try rules.write(to: file, atomically: true, encoding: .utf8)
        let checked = try run(Repository.tool("promtool"), ["check", "rules", file.path])
        #expect(checked.status == 0, "\(checked.text)\(checked.log)")
    }
}
