// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// The files that settings and prices were read from, as they were just before they were read.
struct FileStamps: Sendable, Equatable {
    /// What changes when a file is written or replaced; `nil` stands for a file that is not there.
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

    /// Reads a file, and notes how it was before, so that a change while it is read is noticed later.
    ///
    /// - Parameter path: The file.
    /// - Returns: Its bytes, or `nil` when it cannot be read.
    mutating func read(_ path: String) -> [UInt8]? {
        stamps[path] = .some(Self.stamp(of: path))
        return FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    }

    /// The same files as they are now.
    var now: FileStamps {
        var now = self
        for path in stamps.keys { now.stamps[path] = .some(Self.stamp(of: path)) }
        return now
    }

    /// Adds files that were read before and are still of interest.
    mutating func add(_ others: FileStamps) { stamps.merge(others.stamps) { own, _ in own } }

    private static func stamp(of path: String) -> Stamp? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Stamp(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), bytes: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }
}
