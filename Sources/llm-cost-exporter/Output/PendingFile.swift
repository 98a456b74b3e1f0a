// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// A file that is written whole or not at all.
///
/// Its content goes to a temporary file in the same folder, which replaces the file in one step. Until then the file stays as it
/// is, also when the process or the machine stops.
final class PendingFile: Sendable {
    /// The file to replace; a symbolic link is followed, so that it stays a link.
    let path: String
    /// Where the content goes.
    let descriptor: Int32
    /// The temporary file; empty once it is in place or gone.
    private let temporary: Mutex<String>

    /// Opens a temporary file next to a file.
    ///
    /// - Parameter path: The file, which may exist already.
    /// - Throws: ``PendingFileError`` for a path that no file can have, or where none can be written.
    init(_ path: String) throws(PendingFileError) {
        guard !path.isEmpty else { throw PendingFileError(path: path, problem: "give the name of a file") }
        let target = Self.resolved(path)
        var status = stat()
        var mode: mode_t?
        if unsafe stat(target, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else {
                let isFolder = status.st_mode & S_IFMT == S_IFDIR
                throw PendingFileError(
                    path: path,
                    problem: isFolder
                        ? "it is a folder; give the name of a file in it"
                        : "it is no ordinary file; redirect standard output to it with >")
            }
            mode = status.st_mode & 0o7777
        }
        self.path = target
        let (folder, name) = Self.parts(of: target)
        let temporary = "\(folder)/.\(name).\(getpid()).tmp"
        // A process that was killed may have left one, and in a container the next process has the same number.
        unsafe unlink(temporary)
        descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode ?? 0o666)
        let error = errno
        self.temporary = Mutex(descriptor >= 0 ? temporary : "")
        guard descriptor >= 0 else { throw PendingFileError(path: path, problem: Self.problem(error)) }
        // A new file gets what the user's mask leaves; one that is replaced keeps what it had.
        if let mode { fchmod(descriptor, mode) }
    }

    deinit { discard() }

    /// Puts the content in the place of the file.
    ///
    /// - Parameter former: A name that the former content keeps; whatever had that name before is replaced. `nil` keeps none.
    /// - Throws: ``PendingFileError`` if the system refuses; the file is then as it was.
    func commit(keepingFormerAs former: String? = nil) throws(PendingFileError) {
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failed() }
        if let former, unsafe access(path, F_OK) == 0 {
            // A second name for the former content, so that the place is never empty.
            let link = former + ".\(getpid()).tmp"
            unsafe unlink(link)
            guard unsafe Glibc.link(path, link) == 0, unsafe rename(link, former) == 0 else {
                let error = failed()
                unsafe unlink(link)
                throw error
            }
        }
        let isInPlace = temporary.withLock { temporary in
            guard unsafe rename(temporary, path) == 0 else { return false }
            temporary = ""
            return true
        }
        guard isInPlace else { throw failed() }
        let folder = unsafe open(Self.parts(of: path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
        close(descriptor)
    }

    /// Removes the temporary file; the file stays as it was.
    func discard() {
        temporary.withLock { temporary in
            guard !temporary.isEmpty else { return }
            unsafe unlink(temporary)
            temporary = ""
            close(descriptor)
        }
    }

    private func failed() -> PendingFileError { PendingFileError(path: path, problem: Self.problem(errno)) }

    /// What a failure to write means, as the rest of a sentence about the file.
    static func problem(_ error: Int32) -> String {
        switch error {
        case ENOENT: "its folder does not exist"
        case ENOTDIR: "a part of its path is no folder"
        case EACCES, EPERM, EROFS: "writing in its folder is not permitted"
        default: unsafe String(cString: strerror(error))
        }
    }

    /// The file behind symbolic links; the path itself if there is none.
    static func resolved(_ path: String) -> String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    private static func parts(of path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = path[..<slash]
        return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
    }
}

/// Why a file could not be written.
struct PendingFileError: Error, CustomStringConvertible {
    let path: String
    let problem: String

    var description: String { "\(path): the file cannot be written: \(problem)" }
}
