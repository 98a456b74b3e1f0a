// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The right of one process to a folder, for as long as the value lives or until the process ends.
///
/// The kernel releases the lock when the process ends, however it ends, so no lock is ever stale.
package final class FolderLock: Sendable {
    private let descriptor: Int32

    /// The name of its file.
    static let name = "lock"
    /// How often a lock that is taken is tried again, every 10 milliseconds: a command that asks who has the folder holds it
    /// for a moment.
    private static let attempts = 10

    /// Takes the lock.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - holder: Who takes it, for another process that finds it taken: one line.
    /// - Throws: ``StorageError`` that names the holder if another process has the lock.
    package init(of path: String, by holder: String) throws(StorageError) {
        let name = "\(path)/\(Self.name)"
        let descriptor = unsafe open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .latest("open \(name)") }
        var isOurs = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        for _ in 0..<Self.attempts where !isOurs {
            usleep(10_000)
            isOurs = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        }
        guard isOurs else {
            let other = Self.text(of: descriptor)
            close(descriptor)
            throw Self.taken(path, by: other)
        }
        let line = Array("\(holder)\n".utf8)
        let isWritten = unsafe line.withUnsafeBytes { line in
            unsafe ftruncate(descriptor, 0) == 0 && pwrite(descriptor, line.baseAddress, line.count, 0) == line.count
        }
        // The name of the holder is for people: a full disk must not keep the service from starting.
        _ = isWritten
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Another process has a folder.
    static func taken(_ path: String, by other: String) -> StorageError {
        StorageError(
            "use the folder \(path)", code: EWOULDBLOCK,
            reason: other.isEmpty ? "another process uses it" : "it is in use by \(other)")
    }

    /// The holder that wrote its name into the file.
    static func text(of descriptor: Int32) -> String {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 200) { buffer, count in
            // Sound: the kernel writes at most 200 bytes, of which `count` are kept.
            count = unsafe max(0, pread(descriptor, buffer.baseAddress, 200, 0))
        }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
