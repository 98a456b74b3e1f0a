// SPDX-License-Identifier: Apache-2.0
package import Documents

/// The reason for which a price book was refused.
package enum PricingError: Error, Equatable {
    /// A part of the book does not match the format.
    case document(DocumentError)
    /// The text does not have one model on each line.
    case layout(file: String, line: Int, problem: String)
}

extension PricingError: CustomStringConvertible {
    /// One sentence: where, what is wrong, and what to do.
    package var description: String {
        switch self {
        case .document(let error): error.description
        case .layout(let file, let line, let problem):
            "\(file):\(line): \(problem); write the book again with the importer"
        }
    }
}
