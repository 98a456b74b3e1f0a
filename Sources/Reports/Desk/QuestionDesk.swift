// SPDX-License-Identifier: Apache-2.0
package import Ledger
import Notation
import Synchronization

/// Answers questions about stored calls, each from one state of the rows and within a time limit.
///
/// It is asked on as many threads as there are readers; those who answer HTTP bound the questions that wait.
package final class QuestionDesk: Sendable {
    /// The answer to a question, or why there is none.
    package struct Reply: Sendable {
        /// The status of HTTP.
        package let status: Int
        package let contentType: String
        package let text: String
        /// What follows the text, for an answer that comes in pieces.
        package var export: (any ExportPieces)?

        init(status: Int, contentType: String, text: String, export: (any ExportPieces)? = nil) {
            (self.status, self.contentType, self.text, self.export) = (status, contentType, text, export)
        }

        package static func json(_ text: String, status: Int = 200) -> Reply {
            Reply(status: status, contentType: "application/json", text: text + "\n")
        }
    }

    private let open: @Sendable () throws(JournalError) -> RowReader
    private let configuration: Mutex<ReportsConfiguration>
    private let seconds: @Sendable () -> Int64
    private let longest: Int
    private let onWork: (@Sendable () -> Void)?
    private let reader = Mutex(Opened())

    /// The rows, once they are open.
    private struct Opened {
        var reader: RowReader?
        var hasEnded = false
    }

    /// Not a setting: how long a question may take, in seconds.
    package static let longestQuestion = 20

    /// - Parameters:
    ///   - configuration: What answers depend on beside the rows.
    ///   - seconds: The time, in seconds since 1970.
    ///   - longest: How long a question may take, in seconds.
    ///   - onWork: Called now and then while rows are read.
    ///   - open: Opens the rows for reading; it is called at the first question, and again after it has failed.
    package init(
        configuration: ReportsConfiguration, seconds: @escaping @Sendable () -> Int64,
        longest: Int = QuestionDesk.longestQuestion, onWork: (@Sendable () -> Void)? = nil,
        open: @escaping @Sendable () throws(JournalError) -> RowReader
    ) {
        self.configuration = Mutex(configuration)
        (self.seconds, self.longest, self.onWork, self.open) = (seconds, longest, onWork, open)
    }

    /// Follows a reload.
    ///
    /// - Parameter configuration: What answers depend on from now on.
    package func follow(_ configuration: ReportsConfiguration) { self.configuration.withLock { $0 = configuration } }

    /// Ends the questions that are being answered, soon after this call, and refuses further ones.
    package func end() {
        let reader = reader.withLock { opened in
            opened.hasEnded = true
            return opened.reader
        }
        reader?.end()
    }

    /// Ends all questions, and closes the rows; returns when all of that is done.
    package func close() {
        end()
        reader.withLock { $0.reader }?.close()
    }

    /// Answers a question.
    ///
    /// - Parameters:
    ///   - question: What is asked, with what its path names.
    ///   - query: The query of the URL, percent-encoded; `nil` without one.
    /// - Returns: The answer, or a JSON object that says why there is none.
    package func answer(_ question: DeskQuestion, query: String?) -> Reply {
        do throws(AnswerFailure) {
            return try reply(to: question, query: query)
        } catch {
            return .json(error.json, status: error.status)
        }
    }

    /// Answers a question, for one who puts failures into words of its own.
    ///
    /// - Parameters:
    ///   - question: What is asked, with what its path names.
    ///   - query: The query of the URL, percent-encoded; `nil` without one.
    /// - Returns: The answer.
    /// - Throws: ``AnswerFailure`` if there is none.
    package func reply(to question: DeskQuestion, query: String?) throws(AnswerFailure) -> Reply {
        if question == .openAPI {
            _ = try parameters(query)
            return .json(OpenAPI.text)
        }
        return try ask { answers throws(AnswerFailure) in
            switch question {
            case .costs:
                let answer = try answers.costs(query: query)
                return Reply(status: 200, contentType: answer.contentType, text: answer.text)
            case .trace(let id): return .json(try answers.trace(id, query: query))
            case .span(let trace, let span): return .json(try answers.span(trace, span, query: query))
            case .session(let name): return .json(try answers.session(name, query: query))
            case .top: return .json(try answers.top(query: query))
            case .summary: return .json(try answers.summary(query: query))
            case .changes: return .json(try answers.changes(query: query))
            case .export:
                let export = try Exports.begin(self, query: query, answers: answers)
                return Reply(status: 200, contentType: export.contentType, text: "", export: export)
            case .values(let name): return .json(try answers.values(of: name, query: query))
            case .langfuse(let rows): return .json(try answers.langfuse(query: query, rows: rows))
            case .openAPI: return .json(OpenAPI.text)
            }
        }
    }

    /// Reads one state of the rows.
    ///
    /// - Parameter body: Makes a result from them.
    /// - Returns: The result.
    /// - Throws: ``AnswerFailure``.
    package func ask<T>(_ body: (StoredAnswers) throws(AnswerFailure) -> T) throws(AnswerFailure) -> T {
        let reader = try rows()
        let configuration = configuration.withLock { $0 }
        do {
            return try reader.ask(seconds: longest, onWork: onWork) { session in
                try body(StoredAnswers(session, configuration: configuration, now: seconds()))
            }
        } catch let error as AnswerFailure {
            throw error
        } catch let error as RowReadingError {
            throw .reading(error)
        } catch {
            throw .reading(.failed("\(error)"))
        }
    }

    private func rows() throws(AnswerFailure) -> RowReader {
        let (known, hasEnded) = reader.withLock { ($0.reader, $0.hasEnded) }
        if hasEnded { throw .reading(.ended) }
        if let known { return known }
        let own: RowReader
        do throws(JournalError) { own = try open() } catch { throw .closed("\(error)") }
        // Two first questions may open it twice; one of them stays.
        let used = reader.withLock { opened -> RowReader? in
            if opened.reader == nil, !opened.hasEnded { opened.reader = own }
            return opened.hasEnded ? nil : opened.reader
        }
        if used !== own { own.close() }
        guard let used else { throw .reading(.ended) }
        return used
    }

    private func parameters(_ query: String?) throws(AnswerFailure) -> QuestionParameters {
        do { return try QuestionParameters(query: query, known: []) } catch { throw .question(error) }
    }
}

/// What may be asked, with what the path names.
package enum DeskQuestion: Sendable, Equatable {
    case costs, top, summary, changes, export, openAPI
    case trace(String)
    case span(trace: String, span: String)
    case session(String)
    /// The values of a fact or dimension.
    case values(String)
    /// A question in the words of Langfuse's metrics API, with the number of rows of one that does not say.
    case langfuse(rows: Int)

    /// The paths of all questions; what is in braces is any text without a slash.
    package static let paths =
        [
            "/api/v1/costs", "/api/v1/traces/{trace}", "/api/v1/spans/{trace}/{span}", "/api/v1/sessions/{session}",
            "/api/v1/top",
            "/api/v1/summary", "/api/v1/dimensions/{name}/values", "/api/v1/changes", "/api/v1/export",
            "/api/v1/openapi.json",
        ] + langfuse.keys.sorted()

    /// The paths of Langfuse's metrics API, with the number of rows of a question that does not say.
    private static let langfuse = [
        "/api/public/v2/metrics": LangfuseQuery.usualRows, "/api/public/metrics": CostQuestion.mostRows,
    ]

    /// Reads a path; `nil` for any other path, and for a percent-encoding that is broken.
    ///
    /// - Parameter path: The path, percent-encoded.
    package init?(path: String) {
        if let rows = Self.langfuse[path] {
            self = .langfuse(rows: rows)
            return
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3)
        let words = parts.compactMap { QuestionParameters.pathText($0) }
        guard path.hasPrefix("/api/v1/"), words.count == parts.count, let first = words.first else { return nil }
        switch (first, words.count) {
        case ("costs", 1): self = .costs
        case ("top", 1): self = .top
        case ("summary", 1): self = .summary
        case ("changes", 1): self = .changes
        case ("export", 1): self = .export
        case ("openapi.json", 1): self = .openAPI
        case ("traces", 2): self = .trace(words[1])
        case ("spans", 3): self = .span(trace: words[1], span: words[2])
        case ("sessions", 2): self = .session(words[1])
        case ("dimensions", 3) where words[2] == "values": self = .values(words[1])
        default: return nil
        }
    }
}
