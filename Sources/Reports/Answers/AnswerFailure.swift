// SPDX-License-Identifier: Apache-2.0
package import Ledger
import Notation

/// Why a question has no answer.
package enum AnswerFailure: Error, Equatable, Sendable {
    /// The question is wrong, or what it needs is not kept.
    case question(QuestionError)
    /// There is no such trace, span or session.
    case unknown(String)
    /// The stored rows cannot be opened, for example since there are none yet.
    case closed(String)
    /// The stored rows cannot be read, or not quickly enough.
    case reading(RowReadingError)

    /// The status of HTTP that says so.
    package var status: Int {
        switch self {
        case .question: 400
        case .unknown: 404
        case .closed: 503
        case .reading(.tooLong), .reading(.ended): 503
        case .reading(.failed): 500
        }
    }

    /// The failure as a JSON object with one member, `error`.
    package var json: String {
        if case .question(let error) = self { error.json } else { Self.json(message) }
    }

    /// The failure for an asker whose parameters have other names.
    ///
    /// - Parameter names: The asker's name for each parameter of the question.
    /// - Returns: The failure.
    package func renamed(_ names: [String: String]) -> AnswerFailure {
        if case .question(let error) = self { .question(error.renamed(names)) } else { self }
    }

    /// A sentence without a period.
    package var message: String {
        switch self {
        case .question(let error): "\(error)"
        case .unknown(let message): message
        case .closed(let reason): "the stored calls cannot be opened: \(reason)"
        case .reading(.tooLong(let seconds)):
            "the question took longer than \(seconds) s; ask for a shorter period, or by fewer keys"
        case .reading(.ended): "the service stops; ask again once it has started"
        case .reading(.failed(let words)): "the stored rows cannot be read: \(words)"
        }
    }

    /// An error that no parameter is to blame for.
    ///
    /// - Parameter message: A sentence without a period.
    /// - Returns: A JSON object with one member, `error`.
    package static func json(_ message: String) -> String {
        var error = JSONLine()
        error.add("parameter", nil as String?)
        error.add("message", ShownText.plain(message))
        error.add("example", nil as String?)
        var line = JSONLine()
        line.add("error", error)
        return line.text
    }
}
