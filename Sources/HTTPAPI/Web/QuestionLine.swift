// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import NIOCore
import Synchronization

/// The threads that answer questions about stored calls, with a bounded number of questions that wait for them.
///
/// They are others than those of pages and metrics, so that a question that takes seconds delays no scrape.
final class QuestionLine: Sendable {
    let threads: WorkerPool
    private let asked = Atomic(0)

    /// Not settings: each question may take a processor and some hundred megabytes, and those behind it wait.
    static let threadCount = 2
    static let longest = 32

    /// The number of questions that are asked and not answered.
    var count: Int { asked.load(ordering: .relaxed) }

    init() { threads = WorkerPool(count: Self.threadCount) }

    /// Says, for programs, that too many questions wait.
    static var refusal: Answer {
        let sentence =
            #"{"error": {"parameter": null, "message": "\#(longest) questions wait already; ask again", "example": null}}"#
        var answer = Answer(
            status: .serviceUnavailable, contentType: Answer.json, body: ByteBuffer(string: sentence + "\n"))
        answer.headers[.retryAfter] = "1"
        return answer
    }

    /// Answers a question when its turn comes.
    ///
    /// - Parameters:
    ///   - busy: Makes the answer when too many questions wait; that answer must have the status 503.
    ///   - answer: Makes the answer.
    /// - Returns: One of the two answers.
    /// - Throws: `CancellationError` when the listener closes before the question's turn comes.
    func answer(
        busy: @Sendable () -> Answer = { QuestionLine.refusal }, _ answer: @escaping @Sendable () -> Answer
    ) async throws -> Answer {
        guard asked.add(1, ordering: .relaxed).newValue <= Self.longest else {
            asked.subtract(1, ordering: .relaxed)
            return busy()
        }
        defer { asked.subtract(1, ordering: .relaxed) }
        var result = try await threads.run(answer)
        if let makePiece = result.makePiece {
            // Each piece waits for a thread anew, so that a long export delays a question by one piece at most.
            result.pieces = { [threads] in
                try await threads.run { Result { try makePiece() } }.get()
            }
        }
        return result
    }
}
