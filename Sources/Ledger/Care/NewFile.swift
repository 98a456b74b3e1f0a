// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file that gets its name once it is whole and stored; a file that exists is never replaced.
final class NewFile {
    /// The path that it gets.
    let path: String
    /// Where it is until then.
    let draft: String
    private let descriptor: Int32
    private var isNamed = false
    /// The bytes written so far.
    private(set) var bytes = 0

    /// Begins a file, for this user alone.
    ///
    /// - Parameter path: Its path.
    /// - Throws: ``StorageError`` if there is a file, or none can be made there.
    init(_ path: String) throws(StorageError) {
        self.path = path
        var status = stat()
        guard unsafe lstat(path, &status) != 0 else { throw Self.exists(path) }
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        draft = "\(path[..<slash]).\(path[slash...]).\(getpid()).tmp"
        descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            throw code == ENOENT ? .noFolder(ofFile: path) : .latest("make \(draft)", code)
        }
    }

    deinit {
        close(descriptor)
        if !isNamed { unsafe unlink(draft) }
    }

    /// Appends bytes.
    ///
    /// - Parameter piece: The bytes.
    /// - Throws: ``StorageError`` if not all could be written.
    func write(_ piece: [UInt8]) throws(StorageError) {
        var written = 0
        while written < piece.count {
            let count = unsafe piece.withUnsafeBytes { bytes in
                // Sound: the rest begins within the array, which the closure lends.
                unsafe Glibc.write(descriptor, bytes.baseAddress.map { unsafe $0 + written }, bytes.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .latest("write \(path)")
            }
            written += count
        }
        bytes += piece.count
    }

    /// Stores the file and gives it its name.
    ///
    /// - Throws: ``StorageError`` if it cannot be stored, or if another file has got the name meanwhile.
    func finish() throws(StorageError) {
        guard fsync(descriptor) == 0 else { throw .latest("store \(path)") }
        // Unlike a renaming, a second name is refused if there is a file of that name.
        guard unsafe link(draft, path) == 0 else {
            if errno == EEXIST { throw Self.exists(path) }
            throw .latest("name \(path)")
        }
        isNamed = true
        unsafe unlink(draft)
        let slash = path.lastIndex(of: "/")
        let folder = unsafe open(
            slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .latest("open the folder of \(path)") }
        defer { close(folder) }
        if fsync(folder) != 0 { throw .latest("store the name \(path)") }
    }

    private static func exists(_ path: String) -> StorageError {
        var error = StorageError("write \(path)", code: EEXIST, reason: "there is a file of that name")
        error.remedy = "give another name, or move that file away"
        return error
    }
}
