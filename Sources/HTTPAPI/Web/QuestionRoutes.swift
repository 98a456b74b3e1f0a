// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import NIOCore
import Notation
package import Reports

extension Route {
    /// The rows of all questions about stored calls.
    ///
    /// - Parameters:
    ///   - desk: Answers them; `nil` if no calls are kept.
    ///   - answersQuestions: Whether they are answered at all.
    /// - Returns: The rows.
    package static func questions(_ desk: QuestionDesk?, answersQuestions: Bool = true) -> [Route] {
        DeskQuestion.paths.map { path in
            .asking(path) { request in
                guard answersQuestions else { return Answer(reply: .closed) }
                guard let desk else {
                    return Answer(reply: .notStored)
                }
                guard let question = DeskQuestion(path: request.path) else {
                    return Answer(
                        reply: .json(AnswerFailure.json("the path is not percent-encoded UTF-8"), status: 400))
                }
                return Answer(reply: desk.answer(question, query: request.query))
            }
        }
    }
}

extension Answer {
    /// A refusal for programs.
    ///
    /// - Parameters:
    ///   - json: The error, as questions have it.
    ///   - status: The status.
    /// - Returns: The answer.
    static func refusal(_ json: String, _ status: HTTPResponse.Status) -> Answer {
        Answer(reply: .json(json, status: status.code))
    }

    /// Says to a program that nothing answers at a path.
    static func unknownQuestion(_ path: String) -> Answer {
        let all = DeskQuestion.paths + [WebPages.unpricedPath, WebPages.refusedPath]
        let near = EditDistance.nearest(to: path, among: all, atMost: max(2, path.utf8.count / 6))
        let hint = near.map { "did you mean \($0)? " } ?? ""
        let sentence = "nothing answers at \(QuestionError.quoted(path)); \(hint)"
        return .refusal(AnswerFailure.json(sentence + "/api/v1/openapi.json lists all questions"), .notFound)
    }

    fileprivate init(reply: QuestionDesk.Reply) {
        self.init(code: reply.status, contentType: reply.contentType, bytes: Array(reply.text.utf8))
        headers[.cacheControl] = "no-store"
        headers[.xContentTypeOptions] = "nosniff"
        if let export = reply.export {
            makePiece = { try export.next().map { ByteBuffer(bytes: $0) } }
            headers[.contentDisposition] = "attachment; filename=\"\(export.fileName)\""
        }
        if reply.status == 503 { headers[.retryAfter] = "1" }
    }
}

extension QuestionDesk.Reply {
    /// The answer of a service that answers no questions over HTTP.
    fileprivate static let closed = QuestionDesk.Reply.json(
        AnswerFailure.json(
            "questions over HTTP are closed: web.questions is false in the settings; with a folder, the commands report, top, trace "
                + "and export answer them at a shell"), status: 403)

    /// The answer of a service without a folder that keeps no calls in memory either.
    fileprivate static let notStored = QuestionDesk.Reply.json(
        AnswerFailure.json(
            "no calls are kept: set storage.path to a folder, by a flag or in the settings, or storage.memory_calls above 0"
        ), status: 409)
}
