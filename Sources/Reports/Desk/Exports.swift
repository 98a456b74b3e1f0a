// SPDX-License-Identifier: Apache-2.0

/// A file that is sent while it is read, so that memory does not depend on its length.
package protocol ExportPieces: Sendable {
    /// The value of the header `Content-Type`.
    var contentType: String { get }
    /// A name for the file.
    var fileName: String { get }
    /// How much of the period is written, and all of it, in the same unit.
    var progress: (done: Int, all: Int) { get }

    /// The next lines; `nil` after the last one.
    ///
    /// - Throws: ``AnswerFailure`` if the rows cannot be read; the export is then incomplete.
    func next() throws(AnswerFailure) -> [UInt8]?
}

/// The forms of exports.
enum Exports {
    /// The values of the parameter `format`.
    static let forms = CallExport.Form.allCases.map(\.rawValue) + [FocusExport.form]
    /// The parameters of any form.
    static let names = CallExport.names + FocusQuestion.names.filter { !CallExport.names.contains($0) }

    /// Begins an export.
    ///
    /// - Parameters:
    ///   - desk: Reads the rows for each piece.
    ///   - query: The query of the URL.
    ///   - answers: The rows at the beginning.
    /// - Returns: The export.
    /// - Throws: ``AnswerFailure`` when the question is wrong, or about calls that are no longer kept.
    static func begin(
        _ desk: QuestionDesk, query: String?, answers: StoredAnswers
    ) throws(AnswerFailure) -> any ExportPieces {
        let form: String?
        do { form = try QuestionParameters(query: query, known: names).text("format") } catch { throw .question(error) }
        guard form == FocusExport.form else { return try CallExport(desk, query: query, answers: answers) }
        return try FocusExport(desk, query: query, answers: answers)
    }
}
