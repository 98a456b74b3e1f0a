// SPDX-License-Identifier: Apache-2.0
import Foundation
import GenAI
import TestSupport
import Testing

@testable import Reports

@Suite struct APIPageTests {
    /// The requests that the page shows.
    private static let requests: [String] = {
        let tables = (try? MarkdownPage("docs/api.md").tables) ?? []
        return tables.flatMap(\.rows).flatMap { $0 }.compactMap { cell in
            let text = cell.trimmingCharacters(in: CharacterSet(charactersIn: "` "))
            return text.hasPrefix("GET ") ? String(text.dropFirst(4)) : nil
        }
    }()

    private let history = History(seed: 8, count: 200)

    @Test func `each request of the page has an answer`() throws {
        // Those that a service keeps whose settings name none.
        let stored = try StoredHistory(history, dimensions: DimensionRule.defaults.map(\.name))
        // Late in the evening, so that the present day has calls.
        let desk = stored.desk(now: history.minutes.upperBound * 60 - 30)
        #expect(Self.requests.count > 10)
        for request in Self.requests {
            let own = request.replacing(
                "4bf92f3577b34da6a3ce929d0e0e4736", with: History.traceText(history.calls[0].trace)
            )
            .replacing("00f067aa0ba902b7", with: "0000000000000001").replacing("chat-42", with: "s1")
            let parts = own.split(separator: "?", maxSplits: 1)
            let question = try #require(DeskQuestion(path: String(parts[0])), "\(request)")
            let reply = desk.answer(question, query: parts.count > 1 ? String(parts[1]) : nil)
            #expect(reply.status == 200, "\(request): \(reply.text)")
            let piece = try reply.export?.next() ?? []
            #expect(!reply.text.isEmpty || !piece.isEmpty, "\(request)")
        }
    }

    @Test func `the page names every parameter, measure and fact`() throws {
        let page = try String(contentsOf: Repository.root.appending(path: "docs/api.md"), encoding: .utf8)
        for name in CostQuestion.names { #expect(page.contains("`\(name)`"), "\(name)") }
        for fact in GroupKey.Fact.allCases { #expect(page.contains("`\(fact.rawValue)`"), "\(fact.rawValue)") }
        for path in DeskQuestion.paths { #expect(page.contains(path.prefix { $0 != "{" }), "\(path)") }
    }
}
