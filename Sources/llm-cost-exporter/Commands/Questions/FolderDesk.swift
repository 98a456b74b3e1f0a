// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Dispatch
import Glibc
import Ledger
import Notation
import Reports
import Synchronization

/// Answers questions of commands from the folder of a ledger, also while a service has it.
struct FolderDesk {
    private let desk: QuestionDesk
    private let progress: SharedProgress
    private let names: [String: String]
    private let path: String
    private let reading = Reading()

    /// How the rows are read.
    private final class Reading: Sendable {
        /// Whether they are read without locks, since no process had the folder.
        let isStill = Mutex(false)
    }

    /// Not a setting: someone who waits at a terminal can end the command.
    private static let longestQuestion = 86_400

    /// Opens the folder that flags and settings name.
    ///
    /// - Parameters:
    ///   - flags: They name the folder.
    ///   - folder: The folder that an argument names, instead of that of the flags.
    ///   - names: The flag for each parameter, where the names differ.
    /// - Throws: The mistakes of the settings, or ``ExitCode`` after a sentence if the folder has no rows.
    init(_ flags: LedgerFolderFlags, folder: String? = nil, names: [String: String] = [:]) throws {
        self.names = names
        let settings = try flags.settings()
        let path = try flags.folder(of: settings, argument: folder)
        if let problem = Self.problem(of: path) {
            StandardError.write("Error: \(ShownText.escaped(problem))\n")
            throw ExitCode.failure
        }
        self.path = path
        let (progress, reading) = (SharedProgress(), self.reading)
        self.progress = progress
        var configuration = QuestionGuest.configuration(settings)
        // An argument names a folder of which the settings know nothing.
        configuration.storage = .folder
        desk = QuestionDesk(
            configuration: configuration,
            seconds: { Int64(WallClock.nanoseconds() / 1_000_000_000) }, longest: Self.longestQuestion,
            onWork: { progress.show() },
            open: { () throws(JournalError) -> RowReader in
                let (reader, isStill) = try RowReader.opened(in: path, cacheBytes: 64 << 20)
                reading.isStill.withLock { $0 = isStill }
                return reader
            })
    }

    /// Opens the folder that an argument, flags or settings name.
    init(_ named: LedgerFolderArgument) throws { try self.init(named.flags, folder: named.folder) }

    /// Asks.
    ///
    /// - Parameters:
    ///   - isLast: Whether the line of progress goes.
    ///   - question: What is asked.
    /// - Returns: The answer.
    /// - Throws: What ends the command: a wrong flag, or ``ExitCode`` after a sentence.
    func ask<T>(isLast: Bool = true, _ question: (QuestionDesk) throws(AnswerFailure) -> T) throws -> T {
        defer { if isLast { progress.clear() } }
        do throws(AnswerFailure) {
            let answer = try question(desk)
            guard !hasChanged else { throw AnswerFailure.closed(Self.changed) }
            return answer
        } catch {
            progress.clear()
            if case .question(let error) = error { throw ValidationError(Self.sentence(error.renamed(names))) }
            let failure = hasChanged ? AnswerFailure.closed(Self.changed) : error
            StandardError.write("Error: \(ShownText.escaped(failure.message))\n")
            throw ExitCode.failure
        }
    }

    /// Whether a process may have changed the rows while they were read without locks.
    private var hasChanged: Bool { reading.isStill.withLock { $0 } && FolderUse.of(path).isTaken }

    private static let changed = "a service started on the folder while this command read it; run the command again"

    /// Writes an export.
    ///
    /// - Parameter export: The export.
    /// - Throws: What ends the command.
    func write(_ export: any ExportPieces) throws {
        defer { progress.clear() }
        while let piece = try ask(isLast: false, { _ throws(AnswerFailure) in try export.next() }) {
            StandardOutput.write(piece)
            progress.show(export.progress)
        }
    }

    /// Why a folder has nothing that can be asked for; `nil` if it has.
    static func problem(of folder: String) -> String? {
        var status = stat()
        guard unsafe stat(folder, &status) == 0 else {
            let reason =
                errno == ENOENT
                ? "there is no such folder"
                : unsafe String(cString: strerror(errno))
            return "\(folder): \(reason); name the folder of storage.path"
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return "\(folder) is no folder; name that of storage.path" }
        guard unsafe access("\(folder)/\(RowStore.fileName)", F_OK) == 0 else {
            return "\(folder) has no \(RowStore.fileName), so that no calls are stored in it; "
                + "name the folder of storage.path"
        }
        return nil
    }

    /// The error of a question in the words of flags.
    static func sentence(_ error: QuestionError) -> String {
        let flag = "--" + error.parameter.replacing("_", with: "-")
        let pairs = error.example.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        let isQuery = pairs.allSatisfy { pair in
            pair.count == 2 && pair[0].allSatisfy { $0.isLowercase || $0 == "_" }
        }
        let example =
            isQuery
            ? pairs.map { "--\($0[0].replacing("_", with: "-")) \($0[1])" }.joined(separator: " ") : error.example
        return "\(error.parameter == "trace" ? "trace" : flag): \(error.message), for example \(example)"
    }
}

/// A line of progress that a question shows while it is answered.
private final class SharedProgress: Sendable {
    private struct State {
        let line = StepProgress()
        let began = DispatchTime.now().uptimeNanoseconds
        var step: (done: Int, all: Int)?
    }

    private let state = Mutex(State())

    /// Shows how far an export is; of other questions, for how long rows have been read.
    func show() {
        state.withLock { state in
            if let step = state.step { return state.line.show("exporting", step.done, of: step.all) }
            let seconds = (DispatchTime.now().uptimeNanoseconds - state.began) / 1_000_000_000
            state.line.show("reading the stored calls, \(seconds) s", 0, of: 0)
        }
    }

    /// Shows how far an export is.
    func show(_ step: (done: Int, all: Int)) {
        state.withLock { $0.step = step }
        show()
    }

    func clear() { state.withLock { $0.line.clear() } }
}
