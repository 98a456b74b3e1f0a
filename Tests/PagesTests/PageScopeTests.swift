// SPDX-License-Identifier: Apache-2.0
import Reports
import TestData
import Testing

@testable import Pages

/// What a page is about, read from its address and written into links.
@Suite struct PageScopeTests {
    private static func scope(_ query: String?) throws -> PageScope {
        try PageScope(QuestionParameters(query: query, known: PageScope.names))
    }

    @Test(arguments: [
        nil, "period=today", "from=2026-11-01&to=2026-11-02", "from=now-3d", "where=model:gpt-*,-user:ada&by=user",
        "by=team&order=calls&period=last-month",
    ])
    func `a link to the same page is about the same`(query: String?) throws {
        let scope = try Self.scope(query)
        #expect(try Self.scope(scope.query) == scope)
        #expect(scope.link("/").html == (scope.query.isEmpty ? "/" : "/?\(HTMLText.escaped(scope.query))"))
        #expect(scope.link("/") { $0.filters = [] }.html.contains("where") == false)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `a condition has one value, whatever characters it is of`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let text = String(
                (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                    "ab,*\\:-&=%+ é\"'<".randomElement(using: &generator) ?? "a"
                })
            var scope = PageScope.usual
            scope.filters = [PageScope.condition("user", text), PageScope.condition("team", text)]
            #expect(try Self.scope(scope.query).filters == scope.filters)
        }
    }

    @Test(arguments: ["period=year", "period=7d&period=30d", "day=1", "where=" + String(repeating: "a:b,", count: 50)])
    func `what a page does not know is refused`(query: String) {
        if query.hasPrefix("where") {
            // The same condition twice is one.
            #expect(throws: Never.self) { try Self.scope(query) }
            let many = "where=" + (0..<50).map { "a:\($0)" }.joined(separator: ",")
            #expect(throws: QuestionError.self) { try Self.scope(many) }
        } else {
            #expect(throws: QuestionError.self) { try Self.scope(query) }
        }
    }

    @Test(arguments: [".", "..", "...", "~", "~.", "~..", "~~..", "..a", "a/../b", "../..", "%2e%2e", "./"])
    func `a browser reaches the page of every name, also of one that would lead to the folder above`(name: String)
        throws
    {
        for (path, address) in [
            (PageAddress.path(ofSession: name), PageAddress.session(name)),
            (PageAddress.path(ofModel: name), .model(name)),
        ] {
            let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            #expect(parts.count == 2)
            // What the URL Standard calls a single-dot or double-dot path segment.
            let shown = parts[1].lowercased().replacing("%2e", with: ".")
            #expect(shown != "." && shown != "..", "\(path)")
            #expect(PageAddress(path: path) == address, "\(path)")
        }
        #expect(DeskQuestion(path: "/api/v1\(PageAddress.path(ofSession: name))") == .session(name))
    }

    @Test func `addresses are percent-encoded both ways`() {
        let name = "a/b c?d#é%2F<\"+"
        #expect(PageAddress(path: PageAddress.path(ofModel: name)) == .model(name))
        #expect(PageAddress(path: PageAddress.path(ofSession: name)) == .session(name))
        #expect(PageAddress(path: "/") == .overview)
        for path in ["/traces/a/b", "/models", "/models/%FF", "/x", ""] { #expect(PageAddress(path: path) == nil) }
    }
}
