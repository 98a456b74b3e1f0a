// SPDX-License-Identifier: Apache-2.0

/// Why stored rows could not be read.
package enum RowReadingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Reading took longer than it may.
    case tooLong(seconds: Int)
    /// The rows are closed, since the service stops.
    case ended
    /// SQLite's words.
    case failed(String)

    package var description: String {
        switch self {
        case .tooLong(let seconds): "reading the rows took longer than \(seconds) s"
        case .ended: "the rows are closed"
        case .failed(let words): "the rows cannot be read: \(words)"
        }
    }
}
