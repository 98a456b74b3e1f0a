// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// The output of commands.
///
/// The process ends at the first write that fails: silently if the reader is gone (`… | head -1`), else with an error message,
/// since a truncated result must not look complete.
enum StandardOutput {
    private static let waiting = Mutex<[UInt8]>([])
    private static let isTerminal = isatty(STDOUT_FILENO) == 1
    private static let bufferBytes = 1 << 16

    /// Writes bytes, or buffers them until ``flush()``.
    static func write(_ bytes: some Sequence<UInt8>) {
        let isDue = waiting.withLock { waiting in
            waiting.append(contentsOf: bytes)
            return isTerminal || waiting.count >= bufferBytes
        }
        if isDue { flush() }
    }

    /// Writes the buffered bytes.
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

/// Exit statuses in addition to those of the argument parser (0, 1, and 64 for wrong usage).
enum ExitStatus {
    /// The reader of standard output is gone: 128 plus SIGPIPE, as a shell reports it.
    static let readerGone: Int32 = 128 + SIGPIPE
    /// Standard output cannot be written (`EX_IOERR` of sysexits.h).
    static let outputFailed: Int32 = 74
}

/// Prints a line of a command's result.
///
/// This replaces Swift's function of the same name, which ignores errors.
///
/// - Parameters:
///   - item: The text to print.
///   - terminator: Text to print after it.
func print(_ item: some CustomStringConvertible, terminator: String = "\n") {
    StandardOutput.write((item.description + terminator).utf8)
}
