// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Where commands print their results.
///
/// The process ends at the first write that fails: quietly when the reader is gone (`… | head -1`), else with a sentence,
/// since a result that was cut short must not look like a whole one.
enum StandardOutput {
    private static let waiting = Mutex<[UInt8]>([])
    private static let isTerminal = isatty(STDOUT_FILENO) == 1
    private static let bufferBytes = 1 << 16

    /// Writes bytes; they may wait in memory until ``flush()``.
    static func write(_ bytes: some Sequence<UInt8>) {
        let isDue = waiting.withLock { waiting in
            waiting.append(contentsOf: bytes)
            return isTerminal || waiting.count >= bufferBytes
        }
        if isDue { flush() }
    }

    /// Writes what waits in memory.
    static func flush() {
        let bytes = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        let (_, error) = DescriptorWriter.write(bytes, to: STDOUT_FILENO)
        guard error != 0 else { return }
        if error != EPIPE {
            let reason = unsafe String(cString: strerror(error))
            StandardError.write("Error: cannot write to standard output: \(reason)\n")
            StandardError.flush()
        }
        _exit(error == EPIPE ? ExitStatus.readerGone : ExitStatus.outputFailed)
    }
}

/// The statuses that a process ends with, besides those of the argument parser (0, 1, and 64 for wrong usage).
enum ExitStatus {
    /// The reader of standard output went away: 128 and SIGPIPE, as a shell reports it.
    static let readerGone: Int32 = 128 + SIGPIPE
    /// Standard output cannot be written (`EX_IOERR` of sysexits.h).
    static let outputFailed: Int32 = 74
}

/// Prints a line of a command's result.
///
/// It stands in for Swift's function of the same name, which takes no notice of errors.
///
/// - Parameters:
///   - item: What is printed.
///   - terminator: What follows it.
func print(_ item: some CustomStringConvertible, terminator: String = "\n") {
    StandardOutput.write((item.description + terminator).utf8)
}
