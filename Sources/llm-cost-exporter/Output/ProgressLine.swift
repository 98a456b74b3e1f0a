// SPDX-License-Identifier: Apache-2.0
import Foundation
import Notation

/// Says on a terminal how far the reading of long inputs is.
///
/// Only a terminal that is standard error gets it, and only after the first second; a pipe or file never does.
struct ProgressLine {
    private let files: Int
    private let isShown: Bool
    private let write: (String) -> Void
    private let began: UInt64
    private var lastShown: UInt64 = 0
    private var isVisible = false
    private var file = 0
    private var bodies = 0
    private var bytes = 0

    /// The time before the first line, and between two lines, in nanoseconds.
    private static let (wait, pause): (UInt64, UInt64) = (1_000_000_000, 200_000_000)

    /// Makes a line that is not shown yet.
    ///
    /// - Parameters:
    ///   - files: The number of files.
    ///   - now: The time, in nanoseconds.
    ///   - isShown: Whether it is ever shown.
    ///   - write: Writes to the terminal.
    init(
        files: Int, now: UInt64, isShown: Bool = ProgressLine.fitsTerminal,
        write: @escaping (String) -> Void = { StandardError.write($0) }
    ) {
        self.files = files
        self.isShown = isShown
        self.write = write
        began = now
    }

    /// Whether standard error is a terminal that can go back to the beginning of a line.
    static var fitsTerminal: Bool {
        isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Notes that the next file begins.
    mutating func beginFile() { file += 1 }

    /// Notes a body, and shows the line if it is due.
    ///
    /// - Parameters:
    ///   - count: The body's bytes.
    ///   - now: The time, in nanoseconds.
    mutating func add(bytes count: Int, now: UInt64) {
        bodies += 1
        bytes += count
        guard isShown, now &- began >= Self.wait, now &- lastShown >= Self.pause else { return }
        lastShown = now
        isVisible = true
        write("\r\u{1B}[K" + text)
    }

    /// Takes the line away, so that something else can be written.
    mutating func clear() {
        guard isVisible else { return }
        isVisible = false
        write("\r\u{1B}[K")
    }

    private var text: String {
        let which = files == 1 ? "" : "file \(file) of \(files), "
        return "\(which)\(Plural.of(bodies, "body", "bodies")), \(bytes / 1_000_000) MB read"
    }
}
