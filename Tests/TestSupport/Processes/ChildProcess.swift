// SPDX-License-Identifier: Apache-2.0
package import Foundation
import Glibc

/// A program that a test has started; it is killed, if need be, with the last reference to it.
///
/// What it prints goes to files, so that no full pipe can ever hold it up. Foundation's `Process` is not used: a program
/// that it starts from a task's thread inherits blocked signals and never hears of SIGTERM.
package final class ChildProcess {
    package let processIdentifier: Int32

    private let name: String
    private let folder: TemporaryFolder
    /// As `waitpid` gave it, once the program has ended.
    private var waitStatus: Int32?

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: Its path.
    ///   - arguments: Its arguments.
    ///   - input: What it reads from standard input.
    /// - Throws: ``SpawnFailure`` when it cannot be started.
    package init(_ program: URL, _ arguments: [String], input: [UInt8] = []) throws {
        name = program.lastPathComponent
        folder = try TemporaryFolder()
        try Data(input).write(to: folder.url.appending(path: "in"))
        processIdentifier = try Self.spawn([program.path] + arguments, in: folder.url)
    }

    deinit {
        guard isRunning else { return }
        kill(processIdentifier, SIGKILL)
        waitpid(processIdentifier, nil, 0)
    }

    /// Whether it has not ended yet.
    package var isRunning: Bool {
        guard waitStatus == nil else { return false }
        var status: Int32 = 0
        guard unsafe waitpid(processIdentifier, &status, WNOHANG) == processIdentifier else { return true }
        waitStatus = status
        return false
    }

    /// What it has printed to standard output so far.
    package var output: [UInt8] { Array((try? Data(contentsOf: folder.url.appending(path: "out"))) ?? Data()) }

    /// What it has printed to standard error so far.
    package var log: String {
        String(decoding: (try? Data(contentsOf: folder.url.appending(path: "err"))) ?? Data(), as: UTF8.self)
    }

    /// Asks it to stop, as a service manager would.
    package func terminate() { kill(processIdentifier, SIGTERM) }

    /// Waits until it has ended.
    ///
    /// - Parameter deadline: How long to wait.
    /// - Returns: The exit status, or minus the signal that ended it.
    /// - Throws: ``DeadlinePassed``.
    package func waitForExit(deadline: Duration = .seconds(240)) throws -> Int32 {
        try poll(for: "the end of \(name)", deadline: deadline) { isRunning ? nil : () }
        let status = waitStatus ?? 0
        // The low seven bits are the signal, the next byte is the exit status.
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }

    /// Whether it has a handler for a signal.
    ///
    /// - Parameter signal: The signal.
    /// - Returns: The signal's bit in `SigCgt` of the kernel's status file.
    /// - Throws: When the process is gone.
    package func handles(_ signal: Int32) throws -> Bool {
        let status = try String(contentsOfFile: "/proc/\(processIdentifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
        let mask = line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
        return mask >> UInt64(signal - 1) & 1 == 1
    }

    /// The largest amount of memory it ever had resident.
    ///
    /// - Returns: `VmHWM` of the kernel's status file, in bytes.
    /// - Throws: When the process is gone.
    package func peakResidentBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(processIdentifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return 1024 * (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0)
    }

    /// Starts a program that reads `in` and writes `out` and `err`, all in `folder`.
    private static func spawn(_ command: [String], in folder: URL) throws -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "\(folder.path)/in", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, "\(folder.path)/out", O_WRONLY | O_CREAT, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "\(folder.path)/err", O_WRONLY | O_CREAT, 0o600)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var noSignal = sigset_t()
        unsafe sigemptyset(&noSignal)
        unsafe posix_spawnattr_setsigmask(&attributes, &noSignal)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let variables = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        var environment = unsafe variables.map { unsafe strdup($0) } + [nil]
        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { unsafe (environment + arguments).forEach { text in unsafe free(text) } }
        var identifier: pid_t = 0
        let failure = unsafe posix_spawn(&identifier, command[0], &actions, &attributes, &arguments, &environment)
        guard failure == 0 else { throw SpawnFailure(program: command[0], code: failure) }
        return identifier
    }
}

/// A program that could not be started.
package struct SpawnFailure: Error, CustomStringConvertible {
    package var program: String
    package var code: Int32
    package var description: String { "\(program) could not be started (errno \(code))" }
}

/// What a program that has ended left behind.
package struct ProgramResult: Sendable {
    package var status: Int32
    package var output: [UInt8]
    package var log: String

    package var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs a program to its end.
///
/// - Parameters:
///   - program: Its path.
///   - arguments: Its arguments.
///   - input: What it reads from standard input.
/// - Returns: Its exit status and all it printed.
/// - Throws: When it cannot be started or does not end within four minutes.
package func run(_ program: URL, _ arguments: [String], input: [UInt8] = []) throws -> ProgramResult {
    let child = try ChildProcess(program, arguments, input: input)
    let status = try child.waitForExit()
    return ProgramResult(status: status, output: child.output, log: child.log)
}
