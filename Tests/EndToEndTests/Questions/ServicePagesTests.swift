// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The pages of a running service.
@Suite struct ServicePagesTests {
    private let temporary: TemporaryFolder

    init() throws { temporary = try TemporaryFolder() }

    /// Posts captures of real frameworks, and waits for their rows.
    private func service(_ settings: String = "", keepsFolder: Bool = true) throws -> ServiceUnderTest {
        let folder = temporary.url.appending(path: "ledger").path
        let service = try ServiceUnderTest(
            keepsFolder ? ["--storage.path", folder] : ["--storage.memory-calls", "100000"],
            settings: "billing: {settle: 100ms}\n" + settings)
        let posts = try ["otel-openai-v2", "strands", "langfuse"].flatMap { Capture.all(of: $0) }.flatMap {
            try $0.posts()
        }
        for post in posts { _ = try service.post(post.body, headers: post.headers) }
        try poll(for: "the rows of all calls") {
            // The last calls may be counted between two scrapes in which nothing waits.
            let calls = Int(try service.scrapeSettled { $0.sum("llm_requests_total") > 0 }.sum("llm_requests_total"))
            let answer = try service.get("/api/v1/costs?from=2020-01-01&to=2099-01-01&measures=calls&format=csv")
            return answer.status == 200 && answer.text.contains("\(calls)\n") ? true : nil
        }
        return service
    }

    @Test func `every link of every page is answered, and every page is strict HTML`() throws {
        let service = try service()
        var seen: Set<String> = []
        // Captures are older than the periods that pages offer.
        var waiting = ["/", "/?from=2020-01-01", "/traces?from=2020-01-01", "/users?from=2020-01-01", "/unpriced"]
        while let link = waiting.popLast(), seen.count < 400 {
            guard seen.insert(link).inserted else { continue }
            let answer = try service.get(link)
            #expect(answer.status == 200, "\(link)")
            guard answer.headers["content-type"]?.hasPrefix("text/html") == true else { continue }
            #expect(answer.headers["content-security-policy"]?.contains("default-src 'none'") == true)
            let page = try HTMLReader.document(answer.text)
            #expect(HTMLRules.mistakes(in: page) == [], "\(link)")
            #expect(AccessibilityRules(page: page).mistakes == [], "\(link)")
            let links = page.all("a").compactMap { $0.attributes["href"] }.filter { !$0.hasPrefix("#") }
            waiting += links.map { String($0.prefix { $0 != "#" }) }
        }
        #expect(seen.contains { $0.hasPrefix("/traces/") } && seen.contains { $0.hasPrefix("/models/") })
        #expect(seen.contains { $0.hasPrefix("/api/v1/costs?") })
    }

    @Test func `the page of calls without a price names the command with the folder and files of the service`() throws {
        let prices = temporary.url.appending(path: "own.yaml").path
        try "format: pricebook/1\nversion: own\ndiscount: [{by: \"2\"}]\n".write(
            toFile: prices, atomically: true, encoding: .utf8)
        let folder = temporary.url.appending(path: "ledger").path
        let service = try ServiceUnderTest(["--storage.path", folder, "--prices", prices])
        let page = try service.get("/unpriced").text
        let command = "llm-cost-exporter reprice --storage.path \(folder)"
        #expect(page.contains("<code>\(command)"), "\(page)")
        #expect(page.contains(" --prices \(prices) --from now/M</code> then prices earlier calls"), "\(page)")
        let memory = try ServiceUnderTest(["--storage.memory-calls", "100"])
        #expect(!(try memory.get("/unpriced").text.contains("llm-cost-exporter reprice")))
    }

    @Test func `a new folder answers questions by the dimensions and labels of the settings`() throws {
        let service = try ServiceUnderTest(
            ["--storage.path", temporary.url.appending(path: "ledger").path],
            settings: "labels: [{name: squad, from: [span.squad]}]")
        let questions = [
            "costs?group_by=user,squad", "changes?group_by=squad", "dimensions/project/values",
            "export?format=focus&group_by=project",
        ]
        for question in questions {
            let answer = try service.get("/api/v1/\(question)")
            #expect(answer.status == 200, "\(question): \(answer.text)")
        }
    }

    @Test func `pages are hidden as the setting says`() throws {
        let some = try service("web: {pages: overview}")
        #expect(try some.get("/users").status == 403)
        #expect(try some.get("/").status == 200)
        some.process.terminate()
        #expect(try some.process.waitForExit() == 0)
        let none = try ServiceUnderTest(
            ["--storage.path", temporary.url.appending(path: "ledger").path], settings: "web: {pages: off}")
        #expect(try none.get("/users").status == 404)
        #expect(try none.get("/").text.contains("<code>web.pages</code>"))
    }

    @Test func `without a folder pages and questions have what is in memory`() throws {
        let service = try service(keepsFolder: false)
        for link in ["/?from=2020-01-01", "/traces?from=2020-01-01", "/users?from=2020-01-01"] {
            #expect(try service.get(link).status == 200, "\(link)")
        }
        let answer = try service.get("/api/v1/top?by=trace&from=2020-01-01&to=2099-01-01")
        #expect(answer.text.contains(#""storage": "memory""#), "\(answer.text)")
        #expect(answer.text.contains(#""trace": ""#), "\(answer.text)")
    }

    @Test(arguments: [
        (settings: "web: {questions: true}", method: "DELETE", status: 405),
        (settings: "web: {questions: true}", method: "GET", status: 409),
        (settings: "web: {questions: false}", method: "GET", status: 403),
    ])
    func `what is refused before any call is read is in the description`(
        settings: String, method: String, status: Int
    ) throws {
        struct Document: Decodable {
            struct Operation: Decodable { var responses: [String: Response] }
            struct Response: Decodable { var content: [String: Schema] }
            struct Schema: Decodable {}
            var paths: [String: [String: Operation]]
        }
        let asked = try ServiceUnderTest(["--storage.memory-calls", "10"])
        let described = try JSONDecoder().decode(Document.self, from: Data(asked.get("/api/v1/openapi.json").body))
        let service = try ServiceUnderTest([], settings: settings)
        // Lists of the process are answered all the same.
        for (path, operations) in described.paths where operations["get"]?.responses["\(status)"] != nil {
            var connection = try HTTPConnection(port: service.webPort)
            let answer = try connection.send(method, path.replacing("{", with: "").replacing("}", with: ""))
            #expect(answer.status == status, "\(path)")
            let response = try #require(operations["get"]?.responses["\(status)"], "\(path)")
            #expect(response.content.keys.contains(answer.headers["content-type"] ?? ""), "\(path): \(answer.headers)")
        }
    }

    @Test func `where no calls are kept the page has the counters, and says what shows more`() throws {
        let service = try ServiceUnderTest([])
        #expect(try service.get("/api/v1/costs").status == 409)
        #expect(try service.get("/").text.contains("<code>storage.path</code>"))
        #expect(try service.get("/traces").status == 404)
    }
}
