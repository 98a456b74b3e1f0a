// SPDX-License-Identifier: Apache-2.0
import Notation

/// A question that has no answer as it is asked.
package struct QuestionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The parameter that is wrong.
    package let parameter: String
    /// A sentence without a period: what is wrong, and what to do.
    package let message: String
    /// A value that would do, or a whole parameter such as `limit=100`.
    package let example: String

    package init(_ parameter: String, _ message: String, example: String) {
        (self.parameter, self.message, self.example) = (parameter, message, example)
    }

    /// The error of an asker whose parameters have other names.
    ///
    /// - Parameter names: The asker's name for each parameter of the question.
    /// - Returns: The error.
    package func renamed(_ names: [String: String]) -> QuestionError {
        let example = names.sorted { $0.key < $1.key }.reduce(example) { example, name in
            example.replacing(name.key + "=", with: name.value + "=")
        }
        return QuestionError(names[parameter] ?? parameter, message, example: example)
    }

    package var description: String { "\(parameter): \(message), for example \(example)" }

    /// The error as a JSON object with one member, `error`.
    package var json: String {
        var error = JSONLine()
        error.add("parameter", ShownText.plain(parameter))
        error.add("message", ShownText.plain(message))
        error.add("example", example)
        var line = JSONLine()
        line.add("error", error)
        return line.text
    }

    /// A text of the asker's, short enough for a message.
    ///
    /// - Parameter text: The text, of any length.
    /// - Returns: Its first 60 characters in quotation marks, without control characters.
    package static func quoted(_ text: some StringProtocol) -> String {
        let shown = String(ShownText.plain(String(text.prefix(60))))
        return "'\(shown)\(text.count > 60 ? "…" : "")'"
    }
}
