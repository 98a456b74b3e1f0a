// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Synchronization

/// A folder of the file system.
package struct DiskFolder: StorageFolder {
    /// Its path.
    package let path: String
    /// Its device and inode numbers.
    private let identity: (dev_t, ino_t)

    /// Makes the folder, if need be, for this user alone.
    ///
    /// - Parameter path: Its path; its parent must exist.
    /// - Throws: ``StorageError`` if there is no such folder and it cannot be made.
    package init(_ path: String) throws(StorageError) {
        self.path = path
        if unsafe mkdir(path, 0o700) != 0, errno != EEXIST { throw .latest("make the folder \(path)") }
        guard let identity = Self.identity(of: path) else { throw .latest("open the folder \(path)") }
        self.identity = identity
    }

    /// Takes a folder that exists, and makes none.
    ///
    /// - Parameter path: Its path.
    /// - Throws: ``StorageError`` if there is no such folder.
    package init(existing path: String) throws(StorageError) {
        self.path = path
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            let code = errno
            throw code == ENOENT ? .noFolder(path) : .latest("open the folder \(path)", code)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw StorageError("open the folder \(path)", code: ENOTDIR, reason: "it is a file")
        }
        identity = (status.st_dev, status.st_ino)
    }

    /// Whether it is still at its path: another folder there has nothing of what its files continue.
    fileprivate var isThere: Bool { Self.identity(of: path).map { $0 == identity } ?? false }

    private static func identity(of path: String) -> (dev_t, ino_t)? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? (status.st_dev, status.st_ino) : nil
    }

    package func names() throws(StorageError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw StorageError("read the folder \(path)", code: EIO, reason: error.localizedDescription)
        }
    }

    package func create(_ name: String, roomAhead: Int) throws(StorageError) -> any GrowingFile {
        guard isThere else { throw .gone("make \(name)", reason: "the folder was removed") }
        let descriptor = unsafe open(file(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .latest("make \(name)") }
        let file = DiskFile(name: name, descriptor: descriptor, folder: self, roomAhead: roomAhead)
        do throws(StorageError) {
            try syncNames()
        } catch {
            file.close()
            throw error
        }
        return file
    }

    package func read(_ name: String, first limit: Int) throws(StorageError) -> [UInt8]? {
        let descriptor = unsafe open(file(name), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .latest("open \(name)")
        }
        defer { Glibc.close(descriptor) }
        var bytes: [UInt8] = []
        let size = lseek(descriptor, 0, SEEK_END)
        bytes.reserveCapacity(min(limit, max(0, size)))
        var offset = 0
        while true {
            let piece = min(1 << 20, limit - offset)
            if piece <= 0 { return bytes }
            var failure: StorageError?
            let part = unsafe [UInt8](unsafeUninitializedCapacity: piece) { buffer, count in
                // Sound: the kernel writes at most `piece` bytes, of which `count` are kept.
                let read = unsafe pread(descriptor, buffer.baseAddress, piece, offset)
                if read < 0 { failure = .latest("read \(name)") }
                count = max(0, read)
            }
            if let failure { throw failure }
            if part.isEmpty { return bytes }
            bytes += part
            offset += part.count
        }
    }

    package func sync(_ name: String) throws(StorageError) {
        let descriptor = unsafe open(file(name), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .latest("open \(name)") }
        defer { Glibc.close(descriptor) }
        if fdatasync(descriptor) != 0 { throw .latest("sync \(name)") }
    }

    package func replace(_ name: String, with bytes: [UInt8]) throws(StorageError) {
        let draft = name + ".new"
        unsafe unlink(file(draft))
        let open = try create(draft, roomAhead: 0)
        defer { open.close() }
        // A command that root runs leaves files that the user of the service can read. A failure is ignored: root is refused only
        // by file systems that keep no owners or replace them, such as FAT and NFS, where the old file had no other owner either.
        var owner = stat()
        if getuid() == 0, unsafe stat(path, &owner) == 0 {
            _ = unsafe chown(file(draft), owner.st_uid, owner.st_gid)
        }
        try open.write(bytes)
        try open.sync()
        guard unsafe rename(file(draft), file(name)) == 0 else { throw .latest("replace \(name)") }
        try syncNames()
    }

    package func remove(_ name: String) throws(StorageError) {
        if unsafe unlink(file(name)) != 0, errno != ENOENT { throw .latest("remove \(name)") }
    }

    private func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Stores the names of the folder: without that, a new file may not outlive a power cut.
    private func syncNames() throws(StorageError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .latest("open the folder \(path)") }
        defer { Glibc.close(descriptor) }
        if fsync(descriptor) != 0 { throw .latest("store the names in \(path)") }
    }
}

/// A growing file of the file system.
///
/// Zeros are written ahead of what comes next. So most syncs store bytes and no new size, which takes less than half the time and
/// CPU on ext4 and XFS.
private final class DiskFile: GrowingFile {
    private struct State {
        /// Where the next bytes go.
        var end = 0
        /// The size of the file.
        var size = 0
    }

    private let name: String
    private let descriptor: Int32
    private let folder: DiskFolder
    private let roomAhead: Int
    private let state = Mutex(State())

    init(name: String, descriptor: Int32, folder: DiskFolder, roomAhead: Int) {
        (self.name, self.descriptor, self.folder, self.roomAhead) = (name, descriptor, folder, roomAhead)
    }

    func write(_ bytes: [UInt8]) throws(StorageError) {
        guard folder.isThere else { throw .gone("write \(name)", reason: "the folder was removed") }
        var status = stat()
        if unsafe fstat(descriptor, &status) == 0, status.st_nlink == 0 { throw .lost(name) }
        try state.withLock { (state) throws(StorageError) in
            try write(bytes, at: state.end)
            state.end += bytes.count
            guard state.end > state.size else { return }
            state.size = state.end
            // A large write costs more than the sync of a new file length, so it makes no room.
            if bytes.count < roomAhead / 4 { makeRoom(&state) }
        }
    }

    /// Writes zeros behind the end, if there is space for them.
    private func makeRoom(_ state: inout State) {
        do throws(StorageError) {
            try write([UInt8](repeating: 0, count: roomAhead), at: state.end)
            state.size = state.end + roomAhead
        } catch {
            // The rest of a full disk is left to other writers.
            ftruncate(descriptor, state.end)
        }
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                // Sound: the rest begins within the array, which the closure lends.
                unsafe pwrite(
                    descriptor, bytes.baseAddress.map { unsafe $0 + written }, bytes.count - written, offset + written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .latest("write \(name)")
            }
            written += count
        }
    }

    func sync() throws(StorageError) { if fdatasync(descriptor) != 0 { throw .latest("sync \(name)") } }

    func close() {
        let (end, size) = state.withLock { ($0.end, $0.size) }
        // A segment that ended in order has no zeros behind it; a reader takes them for its end, too.
        if size > end { ftruncate(descriptor, end) }
        _ = Glibc.close(descriptor)
    }
}

extension StorageError {
    /// The system's latest error of this thread.
    static func latest(_ action: String, _ code: Int32 = errno) -> StorageError {
        StorageError(action, code: code, reason: unsafe String(cString: strerror(code)))
    }

    /// Somebody has removed or moved the folder from under this process.
    static func gone(_ action: String, reason: String) -> StorageError {
        var error = StorageError(action, code: ENOENT, reason: reason)
        error.remedy = "put the folder back, or put a copy in its place and start the service again"
        return error
    }

    /// Somebody has removed a file with records that were stored: no later file can follow it.
    static func lost(_ name: String) -> StorageError {
        var error = StorageError("write \(name)", code: ENOENT, reason: "the file was removed")
        error.remedy = "put a copy of the folder in its place, and start the service again"
        error.isFinal = true
        return error
    }
}
