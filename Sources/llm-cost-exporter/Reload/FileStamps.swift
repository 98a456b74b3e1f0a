// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The files of settings and prices, with the state of each just before it was read.
struct FileStamps: Sendable, Equatable {
    /// The properties of a file that change when it is written or replaced; `nil` in ``stamps`` is a missing file.
    private struct Stamp: Equatable {
        let device: UInt64
        let inode: UInt64
        let bytes: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private var stamps: [String: Stamp?] = [:]

    /// Whether no file was read.
    var isEmpty: Bool { stamps.isEmpty }

    /// Reads a file and notes its state before, so that a change during the read is found later.
    ///
    /// - Parameter path: The file.
    /// - Returns: Its bytes.
    /// - Throws: ``FileFault``.
    mutating func read(_ path: String) throws(FileFault) -> [UInt8] {
        stamps[path] = .some(Self.stamp(of: path))
        return try FileContents.read(path)
    }

    /// The same files with their current state.
    var now: FileStamps {
        var now = self
        for path in stamps.keys { now.stamps[path] = .some(Self.stamp(of: path)) }
        return now
    }

    /// Adds files that were read before and are still watched.
    mutating func add(_ others: FileStamps) { stamps.merge(others.stamps) { own, _ in own } }

    private static func stamp(of path: String) -> Stamp? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Stamp(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), bytes: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }
}
