// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// The output of commands: standard output, or the file that `--output` names.
///
/// The process ends at the first write that fails: silently if the reader is gone (`… | head -1`), else with an error message,
/// since a truncated result must not look complete.
enum StandardOutput {
    private struct State {
        var waiting: [UInt8] = []
        var file: PendingFile?
    }

    private static let state = Mutex(State())
    private static let isOnTerminal = isatty(STDOUT_FILENO) == 1
    private static let bufferBytes = 1 << 16

    /// Whether a terminal shows the output.
    static var isTerminal: Bool { isOnTerminal && state.withLock { $0.file == nil } }

    /// Sends all output to a file, which ``finish(isWhole:)`` puts in place.
    static func redirect(to file: PendingFile) {
        state.withLock { $0.file = file }
    }

    /// Writes bytes, or buffers them until ``flush()``.
    static func write(_ bytes: some Sequence<UInt8>) {
        let isDue = state.withLock { state in
            state.waiting.append(contentsOf: bytes)
            return isOnTerminal && state.file == nil || state.waiting.count >= bufferBytes
        }
        if isDue { flush() }
    }

    /// Writes the buffered bytes.
    static func flush() {
        let (error, path) = state.withLock { state -> (Int32, String?) in
            let bytes = state.waiting
            state.waiting = []
            let (_, error) = DescriptorWriter.write(bytes, to: state.file?.descriptor ?? STDOUT_FILENO)
            if error != 0 { state.file?.discard() }
            return (error, state.file?.path)
        }
        guard error != 0 else { return }
        if let path {
            fail("Error: \(path): the file cannot be written: \(unsafe String(cString: strerror(error)))")
        }
        if error == EPIPE { _exit(ExitStatus.readerGone) }
        fail("Error: cannot write to standard output: \(unsafe String(cString: strerror(error)))")
    }

    /// Writes all that is buffered, and puts the file in place if the output goes to one.
    ///
    /// - Parameter isWhole: Whether the result is complete; otherwise the file stays as it was, and a message says so.
    static func finish(isWhole: Bool) {
        flush()
        let problem = state.withLock { state -> String? in
            guard let file = state.file else { return nil }
            state.file = nil
            guard isWhole else {
                file.discard()
                return ""
            }
            do throws(PendingFileError) {
                try file.commit()
                return nil
            } catch {
                file.discard()
                return "\(error)"
            }
        }
        guard let problem else { return }
        guard problem.isEmpty else { fail("Error: \(problem)") }
        StandardError.write("the file that --output names was not written, since the result is not complete\n")
    }

    private static func fail(_ message: String) -> Never {
        StandardError.write(message + "\n")
        StandardError.flush()
        _exit(ExitStatus.outputFailed)
    }
}

/// Exit statuses in addition to those of the argument parser (0, 1, and 64 for wrong usage).
enum ExitStatus {
    /// The reader of standard output is gone: 128 plus SIGPIPE, as a shell reports it.
    static let readerGone: Int32 = 128 + SIGPIPE
    /// Standard output cannot be written (`EX_IOERR` of sysexits.h).
    static let outputFailed: Int32 = 74
    /// The folder of a ledger cannot be read, so that it is not known whether it agrees.
    static let unreadable: Int32 = 2
    /// There is no such service at an address (`EX_UNAVAILABLE`).
    static let noService: Int32 = 69
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
