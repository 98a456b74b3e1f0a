// SPDX-License-Identifier: Apache-2.0
import Dispatch
import HTTPTypes
import NIOCore
import Testing

@testable import HTTPAPI

/// Pages that other rooms add to the web listener.
@Suite struct RouteTests {
    private static let routes: [Route] = [
        .page("/api/v1/report", contentType: Answer.json) { Array("{}".utf8) },
        .onWorker(.read, "/api/v1/query") { request in
            Answer(
                code: 203, contentType: Answer.plainText,
                bytes: Array("\(request.path) \(request.query ?? "none") \(request.header("x-own") ?? "none")".utf8))
        },
        .onEventLoop(.write, "/api/v1/query") { _ in .line("Written.") },
    ]

    private static func refusal(_ message: String) -> String {
        #"{"error": {"parameter": null, "message": "\#(message)", "example": null}}"# + "\n"
    }

    @Test(
        arguments: [
            ("GET /api/v1/report HTTP/1.1", 200, "{}", nil),
            ("GET /api/v1/query HTTP/1.1", 203, "/api/v1/query none 7", nil),
            ("GET /api/v1/query?a=%20b HTTP/1.1", 203, "/api/v1/query a=%20b 7", nil),
            ("PUT /api/v1/query HTTP/1.1", 200, "Written.\n", nil),
            ("POST /api/v1/report HTTP/1.1", 405, refusal("/api/v1/report accepts GET and HEAD"), "GET, HEAD"),
            (
                "DELETE /api/v1/query HTTP/1.1", 405, refusal("/api/v1/query accepts GET, HEAD, POST and PUT"),
                "GET, HEAD, POST, PUT"
            ),
            (
                "GET /api/v1/report/ HTTP/1.1", 404,
                refusal("nothing answers at '/api/v1/report/'; /api/v1/openapi.json lists all questions"), nil
            ),
            (
                "GET /api/v1/cost?from=now HTTP/1.1", 404,
                refusal(
                    "nothing answers at '/api/v1/cost'; did you mean /api/v1/costs? /api/v1/openapi.json lists all questions"
                ),
                nil
            ),
            ("GET /report/ HTTP/1.1", 404, "Not found. Metrics are at /metrics.\n", nil),
            ("GET /-/reload HTTP/1.1", 405, "/-/reload accepts POST and PUT.\n", "POST, PUT"),
        ] as [(String, Int, String, String?)])
    func `each row answers its path and methods`(line: String, status: Int, text: String, allow: String?) async throws {
        try await TestListeners.open(routes: Self.routes) { listeners in
            var client = try await RawClient(to: listeners.web)
            try await client.send("\(line)\r\nHost: test\r\nX-Own: 7\r\n\r\n")
            let reply = try await client.reply()
            #expect(reply.status == status)
            #expect(reply.text == text)
            #expect(reply.headers["allow"] == allow)
            await client.close()
        }
    }

    @Test(arguments: ["/api/v1/report", "/api/v1/query"])
    func `HEAD gets the headers of a row alone`(path: String) async throws {
        try await TestListeners.open(routes: Self.routes) { listeners in
            var client = try await RawClient(to: listeners.web)
            try await client.send("HEAD \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
            let reply = try await client.reply(hasBody: false)
            #expect(reply.status == (path == "/api/v1/report" ? 200 : 203))
            #expect(reply.headers["content-length"].flatMap { Int($0) } ?? 0 > 0)
            await client.close()
        }
    }

    @Test(arguments: ["/", "/report"])
    func `the path of the metrics hides other rows`(path: String) async throws {
        let routes: [Route] = [.page("/report", contentType: Answer.json) { [] }]
        try await TestListeners.open({ $0.telemetryPath = path }, routes: routes) { listeners in
            var client = try await RawClient(to: listeners.web)
            try await client.send("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await client.reply().text == "up 1\n")
            await client.close()
        }
    }

    @Test func `a part of a path in braces is any text without a slash, and whole paths come first`() async throws {
        let routes: [Route] = [
            .asking("/traces/{trace}/calls") {
                Answer(code: 200, contentType: Answer.plainText, bytes: Array($0.path.utf8))
            },
            .asking("/traces/latest/calls") { _ in .line("latest") },
        ]
        try await TestListeners.open(routes: routes) { listeners in
            var client = try await RawClient(to: listeners.web)
            for (path, text) in [
                ("/traces/4b%2F/calls", "/traces/4b%2F/calls"), ("/traces/latest/calls", "latest\n"),
            ] {
                try await client.send("GET \(path)?a=b HTTP/1.1\r\nHost: test\r\n\r\n")
                #expect(try await client.reply().text == text)
            }
            for path in ["/traces//calls", "/traces/a/b/calls", "/traces/a", "/traces/a/calls/"] {
                try await client.send("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
                #expect(try await client.reply().status == 404)
            }
            await client.close()
        }
    }

    @Test func `shutdown ends a question whose request was cut off`() async throws {
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let end = DispatchSemaphore(value: 0)
        let slow = Route.asking("/slow") { _ in
            beginning.yield()
            end.wait()
            return .line("too late")
        }
        try await TestListeners.open({ $0.finishRequests = .zero }, routes: [slow], endQuestions: { end.signal() }) {
            let client = try await RawClient(to: $0.web)
            try await client.send("GET /slow HTTP/1.1\r\nHost: test\r\n\r\n")
            for await _ in began { break }
        }
    }

    @Test(arguments: ["/api/v1/costs?group_by=user", "/api/v1/openapi.json", "/api/public/metrics"])
    func `where questions are closed, each is refused with the setting that closes them`(path: String) async throws {
        try await TestListeners.open(routes: Route.questions(nil, answersQuestions: false)) { listeners in
            var client = try await RawClient(to: listeners.web)
            try await client.send("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
            let reply = try await client.reply()
            #expect(reply.status == 403)
            #expect(reply.text.contains("web.questions is false"))
            await client.close()
        }
    }

    @Test func `without a folder questions are refused with the setting that keeps calls`() async throws {
        try await TestListeners.open(routes: Route.questions(nil)) { listeners in
            var client = try await RawClient(to: listeners.web)
            try await client.send("GET /api/v1/sessions/a HTTP/1.1\r\nHost: test\r\n\r\n")
            let reply = try await client.reply()
            #expect(reply.status == 409)
            #expect(reply.text.contains("storage.path"))
            await client.close()
        }
    }

    @Test func `questions beyond the ceiling are refused at once`() async throws {
        let line = QuestionLine()
        let (asked, answered) = (AsyncStream<Void>.makeStream(), DispatchSemaphore(value: 0))
        try await line.threads.whileRunning {
            await withTaskGroup(of: Int.self) { group in
                for _ in 0..<QuestionLine.longest {
                    group.addTask {
                        let answer = try? await line.answer {
                            asked.continuation.yield()
                            answered.wait()
                            return .line("")
                        }
                        return answer?.status.code ?? 0
                    }
                }
                // Both threads are busy; all others that were asked before wait behind them.
                var busy = asked.stream.makeAsyncIterator()
                for _ in 0..<QuestionLine.threadCount { _ = await busy.next() }
                while line.count < QuestionLine.longest { await Task.yield() }
                let refusal = try? await line.answer { .line("") }
                #expect(refusal?.status == .serviceUnavailable)
                #expect(refusal?.headers[.retryAfter] == "1" && refusal?.headers[.contentType] == Answer.json)
                let page = try? await line.answer(busy: { Answer(html: "busy", status: .serviceUnavailable) }) {
                    .line("")
                }
                #expect(page?.status == .serviceUnavailable && page?.headers[.contentType] == Answer.html)
                for _ in 0..<QuestionLine.longest { answered.signal() }
                for await code in group { #expect(code == 200) }
            }
        }
    }

    fileprivate static func makeTable(_ routes: [Route]) {
        let events = ConnectionEvents(of: .web, limit: 1, counters: RecordingCounters(), logger: RecordedLog().logger)
        let gate = RequestGate(
            hosts: AllowedHosts([]), paths: OTLPPaths(), telemetryPath: "/metrics", otlpPort: { 0 },
            refusals: RefusalLog(
                of: .web, in: RefusedRequests(), logger: RecordedLog().logger, wallNanoseconds: { 0 }), events: events)
        _ = RouteTable(
            routes, notFound: "", workers: WorkerPool(count: 1), shelf: PageShelf(limit: 1, events: events), gate: gate)
    }

    @Test func `two rows for the same path and methods are refused at start`() async {
        await #expect(processExitsWith: .failure) {
            RouteTests.makeTable([
                .page("/a", contentType: Answer.json) { [] }, .onEventLoop(.read, "/a") { _ in .line("a") },
            ])
        }
        await #expect(processExitsWith: .failure) {
            RouteTests.makeTable([.onEventLoop(.read, "a") { _ in .line("a") }])
        }
        await #expect(processExitsWith: .success) {
            RouteTests.makeTable([
                .onEventLoop(.read, "/a") { _ in .line("a") }, .onEventLoop(.write, "/a") { _ in .line("a") },
            ])
        }
    }
}
