// SPDX-License-Identifier: Apache-2.0
package import Documents

/// Why a price book was not accepted.
package enum PricingError: Error, Equatable {
    /// A part of the book is not what the format says.
    case document(DocumentError)
    /// The text is not laid out one model a line.
    case layout(file: String, line: Int, problem: String)
}

extension PricingError: CustomStringConvertible {
    /// One sentence: where, what was wrong, and what to do.
    package var description: String {
        switch self {
        case .document(let error): error.description
        case .layout(let file, let line, let problem):
            "\(file):\(line): \(problem); write the book again with the importer"
        }
    }
}
