// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPTypes
import NIOCore
import Reports

/// All rows of the web listener: finds the row of a request and runs it on its pool.
struct RouteTable: Sendable {
    /// The rows by path; those of one path have different methods.
    private let rows: [String: [Route]]
    /// The paths that have parts in braces, split at slashes; there are few.
    private let templates: [(parts: [Substring], path: String)]
    /// The sentence in the answer to a request for any other path.
    private let notFound: String
    /// The thread that renders pages, and that answers requests whose answers take long.
    private let workers: WorkerPool
    /// Answers questions about stored calls.
    private let questions: QuestionLine
    /// Refuses requests before their row is looked up.
    private let gate: RequestGate
    private let pages: SharedPages<String>

    /// - Parameters:
    ///   - routes: The rows; no two of them have the same path and methods.
    ///   - notFound: The sentence in the answer to a request for any other path.
    ///   - workers: The thread that renders pages.
    ///   - questions: The threads that answer questions about stored calls.
    ///   - shelf: Bounds the bytes of pages.
    ///   - gate: Refuses requests before their row is looked up.
    init(
        _ routes: [Route], notFound: String, workers: WorkerPool, questions: QuestionLine = QuestionLine(),
        shelf: PageShelf, gate: RequestGate
    ) {
        var rows: [String: [Route]] = [:]
        for route in routes {
            precondition(Self.isNew(route, in: rows), "a second route for \(route.methods.rawValue) \(route.path)")
            rows[route.path, default: []].append(route)
        }
        let renderers = rows.mapValues { rows in
            rows.compactMap { row in
                if case .pageRenderer(_, let render) = row.handler { render } else { nil }
            }.first
        }
        self.rows = rows
        templates = rows.keys.filter { $0.contains("{") }.sorted().map { (Self.parts($0), $0) }
        self.questions = questions
        self.notFound = notFound
        self.workers = workers
        self.gate = gate
        pages = SharedPages(workers: workers, shelf: shelf) { path in
            let render = renderers[path] ?? nil
            return SharedPage(body: ByteBuffer(bytes: render?() ?? []), isGzip: false)
        }
    }

    /// Whether a row answers requests that no other row answers.
    private static func isNew(_ route: Route, in rows: [String: [Route]]) -> Bool {
        route.path.hasPrefix("/") && !(rows[route.path] ?? []).contains { $0.methods == route.methods }
    }

    /// Answers one request.
    ///
    /// - Parameter request: The request.
    /// - Returns: The answer: that of its row, that of the gate, 404 for an unknown path, or 405 with `Allow` for an unknown
    ///   method.
    /// - Throws: What the row's function throws, or `CancellationError` when the listener closes before a page's turn comes.
    func answer(_ request: WebRequest) async throws -> Answer {
        if let refusal = gate.refuse(request) { return refusal }
        guard let rows = rows[request.path] ?? row(matching: request.path) else {
            gate.events.count(.path)
            return Self.isQuestion(request.path)
                ? .unknownQuestion(request.path) : .line(notFound, status: .notFound)
        }
        guard let row = rows.first(where: { $0.methods.contain(request.method) }) else {
            let allowed = rows.map(\.methods.rawValue).joined(separator: ", ")
            let sentence = "\(request.path) accepts \(Self.sentence(allowed))"
            var answer: Answer =
                Self.isQuestion(request.path)
                ? .refusal(AnswerFailure.json(sentence), .methodNotAllowed)
                : .line(sentence + ".", status: .methodNotAllowed)
            answer.headers[.allow] = allowed
            gate.events.count(.method)
            return answer
        }
        switch row.handler {
        case .eventLoop(let answer): return try await answer(request)
        case .pageRenderer(let contentType, _):
            return Answer(contentType: contentType, page: try await pages.page(request.path))
        case .worker(let answer): return try await workers.run { answer(request) }
        case .asking(let busy, let answer):
            return try await questions.answer(busy: { busy(request) }) { answer(request) }
        }
    }

    /// Whether the path is one at which programs ask, whose answers are JSON, also those without a row.
    private static func isQuestion(_ path: String) -> Bool { path.hasPrefix("/api/") }

    /// The rows of the path with parts in braces that a path matches.
    private func row(matching path: String) -> [Route]? {
        let parts = Self.parts(path)
        let found = templates.first { template in
            template.parts.count == parts.count
                && zip(template.parts, parts).allSatisfy { $0.hasPrefix("{") ? !$1.isEmpty : $0 == $1 }
        }
        return found.flatMap { rows[$0.path] }
    }

    private static func parts(_ path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// Writes a list as a sentence does: `GET, HEAD` as `GET and HEAD`.
    private static func sentence(_ list: String) -> String {
        let words = list.split(separator: ", ")
        return words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "")
    }
}

extension Route.Methods {
    fileprivate func contain(_ method: HTTPRequest.Method) -> Bool {
        switch self {
        case .read: method == .get || method == .head
        case .write: method == .post || method == .put
        }
    }
}
