// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import Pages

/// The pages about stored calls, made of a small ledger.
@Suite struct CostPagesTests {
    private static let ledger = Result { try PageLedger() }
    private static let hostile = Result { try PageLedger(isHostile: true) }

    /// The pages by the names of their golden files.
    static let paths = [
        "overview": "/", "today": "/?period=today", "by-user": "/?by=user&where=model:gpt-*", "traces": "/traces",
        "user-traces": "/traces?where=user:ada", "trace": "/traces/\(PageLedger.trace(1))",
        "session": "/sessions/session%200%2F%C3%A9", "users": "/users?period=90d", "model": "/models/gpt-4o",
        "unknown-model": "/models/orchid-preview", "unpriced": "/unpriced",
        "unpriced-reasons": "/unpriced?by=unpriced_reason",
    ]

    private static func reply(_ link: String, _ pages: CostPages) throws -> CostPages.Reply {
        let parts = link.split(separator: "?", maxSplits: 1)
        let address = try #require(PageAddress(path: String(parts[0])), "\(link)")
        return pages.reply(address, query: parts.count > 1 ? String(parts[1]) : nil, surroundings)
    }

    /// Those of a service with a folder whose name is one for quotes and entities.
    private static let surroundings = {
        var surroundings = CostPages.Surroundings()
        surroundings.reprice = "llm-cost-exporter reprice --storage.path '/srv/a & b' --from now/M"
        return surroundings
    }()

    /// With `REWRITE_GOLDEN=1` in the environment the files are written anew; the difference is to be read like code.
    @Test(arguments: paths.keys.sorted())
    func `a page is what it was`(name: String) throws {
        let reply = try Self.reply(try #require(Self.paths[name]), try Self.ledger.get().pages())
        #expect(reply.status == 200)
        let file = Repository.root.appending(path: "Tests/PagesTests/Golden/\(name).html")
        if ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1" {
            try reply.html.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == reply.html)
    }

    @Test(
        arguments: paths.keys.sorted() + ["/traces/1", "/sessions/none", "/?period=x", "/?where=usr:x", "/?from=2027"])
    func `every page is strict HTML that can be heard and used without a mouse`(name: String) throws {
        let reply = try Self.reply(Self.paths[name] ?? name, try Self.ledger.get().pages())
        let page = try HTMLReader.document(reply.html)
        #expect(HTMLRules.mistakes(in: page) == [])
        #expect(AccessibilityRules(page: page).mistakes == [])
    }

    @Test func `each link of each page leads to a page or to an answer`() throws {
        let pages = try Self.ledger.get().pages()
        var seen: Set<String> = []
        var waiting = Array(Self.paths.values)
        while let link = waiting.popLast(), seen.count < 1_500 {
            guard seen.insert(link).inserted else { continue }
            let reply = try Self.reply(link, pages)
            #expect(reply.status == 200, "\(link)")
            for found in try HTMLReader.document(reply.html).all("a").compactMap({ $0.attributes["href"] }) {
                if found.hasPrefix("#") || found.hasPrefix("/api/") || found.hasPrefix("/-/") || found == "/metrics" {
                    continue
                }
                waiting.append(found)
            }
        }
        #expect(seen.count > 200)
    }

    @Test(arguments: paths.keys.sorted())
    func `names that senders choose are text wherever they are shown`(name: String) throws {
        let pages = try Self.hostile.get().pages()
        let model = HTMLText.percentEncoded(PageLedger.hostile + "gpt-4o")
        let session = HTMLText.percentEncoded(PageLedger.hostile)
        let links = [
            "session": "/sessions/\(session)", "model": "/models/\(model)",
            "user-traces": "/traces?where=\(HTMLText.percentEncoded(PageScope.condition("user", PageLedger.hostile)))",
        ]
        let reply = try Self.reply(try #require(links[name] ?? Self.paths[name]), pages)
        #expect(reply.status == 200, "\(reply.html)")
        #expect(!reply.html.contains("<script"))
        #expect(!reply.html.unicodeScalars.split(separator: "\"").contains { $0.first == "\u{301}" })
        let page = try HTMLReader.document(reply.html)
        #expect(HTMLRules.mistakes(in: page) == [])
        let isNamed = page.all("bdi").contains { ($0.attributes["title"] ?? $0.text).hasPrefix(PageLedger.hostile) }
        #expect(isNamed == !["unknown-model", "unpriced-reasons"].contains(name))
    }

    @Test func `what a reader writes into the address is text`() throws {
        let pages = try Self.ledger.get().pages()
        let text = HTMLText.percentEncoded(PageLedger.hostile)
        for link in [
            "/?period=\(text)", "/?by=\(text)", "/?where=\(text)", "/?where=model:\(text)", "/?from=\(text)",
            "/traces?order=\(text)", "/traces/\(text)", "/sessions/\(text)", "/models/\(text)", "/?\(text)=1",
            "/unpriced?where=source:\(text)", "/users?to=\(text)",
        ] {
            let html = try Self.reply(link, pages).html
            #expect(!html.contains("<script"), "\(link)")
            #expect(try HTMLRules.mistakes(in: HTMLReader.document(html)) == [], "\(link)")
        }
    }

    @Test func `pages that name users are hidden where the setting says so`() throws {
        let ledger = try Self.ledger.get()
        for link in ["/traces", "/traces/\(PageLedger.trace(1))", "/sessions/a", "/users"] {
            let reply = try Self.reply(link, ledger.pages(.overview))
            #expect(reply.status == 403 && reply.html.contains("web.pages: all"), "\(link)")
        }
        for link in [
            "/?by=user", "/?by=session", "/?where=user:ada", "/?where=-user:ada", "/?where=label:user:ada",
            "/?where=-+user:ada",
            "/?by=model,user", "/?by=+label:user", "/?by=trace",
        ] {
            #expect(try Self.reply(link, ledger.pages(.overview)).status == 400, "\(link)")
        }
        for link in ["/", "/models/gpt-4o", "/unpriced"] {
            let reply = try Self.reply(link, ledger.pages(.overview))
            #expect(reply.status == 200)
            for name in ["ada", "bruno", "/traces", "/users", "session"] {
                #expect(!reply.html.contains(name), "\(link) has \(name)")
            }
            #expect(try Self.reply(link, ledger.pages(.off)).status == 403)
        }
    }

    @Test func `the page about unknown costs groups by their reason, and says what helps`() throws {
        let pages = try Self.ledger.get().pages()
        let page = try HTMLReader.document(try Self.reply("/unpriced", pages).html)
        let options = page.all("option").compactMap { $0.attributes["value"] }
        #expect(options.contains("unpriced_reason"))
        let reasons = try HTMLReader.document(try Self.reply("/unpriced?by=unpriced_reason", pages).html)
        let links = reasons.all("th").flatMap { $0.all("a") }.compactMap { $0.attributes["href"] }
        let link = try #require(links.first { $0.hasPrefix("/unpriced?where=unpriced_reason%3A") })
        let models = try Self.reply(link, pages)
        #expect(models.status == 200 && models.html.contains("orchid-preview"), "\(link)")
        for reason in ["no_usage", "no_model"] {
            let row = try #require(page.all("tr").first { $0.all("th").first?.text == reason })
            #expect(row.text.contains("no price file helps: ") && row.text.contains("gen_ai."))
        }
    }

    @Test func `a page that has to wait too long says so in words, and leads to itself`() throws {
        let link = "/traces?where=user:<ada>"
        let reply = try Self.ledger.get().pages().busy(link, CostPages.Surroundings())
        let page = try HTMLReader.document(reply.html)
        #expect(reply.status == 503)
        #expect(HTMLRules.mistakes(in: page) == [] && AccessibilityRules(page: page).mistakes == [])
        #expect(page.all("a").contains { $0.attributes["href"] == link })
    }

    @Test func `a session's traces have no column for what all of them share`() throws {
        let html = try Self.reply(try #require(Self.paths["session"]), try Self.ledger.get().pages()).html
        let headings = try HTMLReader.document(html).all("thead").flatMap { $0.all("th").map(\.text) }
        #expect(!headings.contains("Session"))
    }

    @Test func `a trace is found by its id`() throws {
        let pages = try Self.ledger.get().pages()
        let found = try Self.reply("/traces?id=\(PageLedger.trace(2))", pages)
        #expect(found.status == 303 && found.location == "/traces/\(PageLedger.trace(2))")
        let odd = try Self.reply("/traces?id=%0D%0Aa:b", pages)
        #expect(odd.location == "/traces/%0D%0Aa%3Ab")
    }

    @Test func `twins and duplicates of a trace are shown as such, below the call that counts`() throws {
        let html = try Self.reply("/traces/\(PageLedger.trace(1))", try Self.ledger.get().pages()).html
        let rows = try HTMLReader.document(html).all("tbody").flatMap { $0.all("tr") }
        #expect(rows.count { $0.attributes["class"] == "dropped" } == 2)
        let twin = try #require(rows.first { $0.text.contains("a twin, the same call") })
        #expect(twin.all("a").first?.attributes["href"] == "#span-0000000000000101")
        #expect(twin.all("th").first?.attributes["class"] == "depth1")
        #expect(rows.contains { $0.text.contains("a duplicate, the same span received again") })
    }

    @Test(
        arguments: [
            ("/?by=nope", "by: calls have no"), ("/?by=model,user", "by: a page groups"),
            ("/users?by=usr", "by: calls have no"), ("/traces?order=nope", "order: "),
            ("/?order_by=cost", "order_by: there is no such parameter"), ("/?group_by=user", "group_by: "),
            ("/?where=usr:a", "where: calls have no"), ("/?from=never", "from: "),
        ])
    func `an error names the parameter as the address does`(link: String, words: String) throws {
        let reply = try Self.reply(link, try Self.ledger.get().pages())
        #expect(reply.status == 400)
        let message = try HTMLReader.document(reply.html).all("p").map(\.text).first { $0.hasPrefix(words) }
        #expect(message != nil, "\(reply.html)")
    }

    @Test(arguments: ["openai/gpt-4o", "openai%2Fgpt-4o", "GPT-4o", "OpenAI/GPT-4o"])
    func `a model is found by its id in the price book, and by other names of it`(name: String) throws {
        let pages = try Self.ledger.get().pages()
        func figures(_ link: String) throws -> [String] {
            let reply = try Self.reply(link, pages)
            #expect(reply.status == 200, "\(link)")
            return try HTMLReader.document(reply.html).all("dd").map(\.text)
        }
        #expect(try figures("/models/\(name)") == figures("/models/gpt-4o"))
        let query = "?period=7d&where=user:ada"
        #expect(try figures("/models/\(name)\(query)") == figures("/models/gpt-4o\(query)"))
        let page = try HTMLReader.document(try Self.reply("/models/\(name)", pages).html)
        #expect(HTMLRules.mistakes(in: page) == [] && AccessibilityRules(page: page).mistakes == [])
        #expect(page.all("a").contains { $0.attributes["href"] == "/models/gpt-4o" })
    }

    @Test(
        arguments: [
            ("gpt-4oo", "/models/gpt-4o"), ("orchid-previev", "/models/orchid-preview"), ("zzzzzzzzzzzzzzzzzzzz", "/"),
            ("openai/none/of/these/at/all/z", "/"),
        ])
    func `a model that nothing has is told with a name that something has`(name: String, link: String) throws {
        let reply = try Self.reply("/models/\(name)", try Self.ledger.get().pages())
        #expect(reply.status == 404)
        let page = try HTMLReader.document(reply.html)
        #expect(HTMLRules.mistakes(in: page) == [] && AccessibilityRules(page: page).mistakes == [])
        #expect(page.all("section").first?.all("a").first?.attributes["href"] == link, "\(reply.html)")
    }

    @Test func `a model of the price book that was not called has its prices`() throws {
        let reply = try Self.reply("/models/openai/o3-mini", try Self.ledger.get().pages())
        #expect(reply.status == 200 && reply.html.contains("Prices in force"))
    }

    @Test(arguments: ["/users?period=7d", "/users?period=90d", "/?by=user&period=7d"])
    func `names that Unicode takes for equal are two names`(link: String) throws {
        func figures(_ users: [String]) throws -> [String] {
            let ledger = try PageLedger(users: users)
            // The folder goes with the ledger.
            let reply = try withExtendedLifetime(ledger) { try Self.reply(link, ledger.pages()) }
            #expect(reply.status == 200)
            let cells = try HTMLReader.document(reply.html).all("td")
            return cells.filter { ["number", "share"].contains($0.attributes["class"]) }.map(\.text)
        }
        #expect(try figures(["Zo\u{EB}", "Zoe\u{308}", "chen", ""]) == figures(["ann", "bea", "chen", ""]))
    }

    @Test func `an empty ledger has pages`() throws {
        let pages = try Self.ledger.get().pages()
        let reply = try Self.reply("/?from=2026-01-01&to=2026-01-02", pages)
        #expect(reply.status == 200)
        #expect(reply.html.contains("No calls of this time are stored."))
        let filtered = try Self.reply("/?from=2026-01-01&to=2026-01-02&where=model:gpt-*", pages)
        #expect(filtered.html.contains("No call of this time is stored that fulfils the conditions."))
    }

    @Test func `the page of calls without a price speaks of conditions only where the reader has set some`() throws {
        let pages = try Self.ledger.get().pages()
        let time = "/unpriced?from=2026-01-01&to=2026-01-02"
        let plain = try Self.reply(time, pages).html
        #expect(plain.contains("No call of this time is without a price."))
        #expect(plain.contains("No call of this time has an estimated cost."))
        let filtered = try Self.reply(time + "&where=model:gpt-*", pages).html
        #expect(filtered.contains("No call of this time that fulfils the conditions is without a price."))
    }

    @Test func `pages name the command for repricing only where there is a folder`() throws {
        let pages = try Self.ledger.get().pages()
        #expect(try Self.reply("/unpriced", pages).html.contains("reprice --storage.path &#39;/srv/a &amp; b&#39;"))
        #expect(!pages.reply(.unpriced, query: nil).html.contains("llm-cost-exporter reprice"))
    }
}
