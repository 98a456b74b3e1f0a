// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

extension StorageError {
    /// The folder that a command was given has no ledger.
    static func noLedger(in path: String) -> StorageError {
        var error = StorageError(
            "find a ledger in \(path)", code: ENOENT, reason: "it has neither journal nor checkpoint nor rows")
        error.remedy = "name the folder that storage.path of the service names"
        return error
    }

    /// There is no such folder, and the command makes none.
    static func noFolder(_ path: String) -> StorageError {
        var error = StorageError("open the folder \(path)", code: ENOENT, reason: "it does not exist")
        let hint = path.hasPrefix("/") ? "" : "; a relative path begins at \(FileManager.default.currentDirectoryPath)"
        error.remedy = "name the folder of storage.path of the service\(hint)"
        return error
    }

    /// The folder in which a command is to make a file does not exist.
    ///
    /// - Parameter path: The file.
    /// - Returns: The error.
    static func noFolder(ofFile path: String) -> StorageError {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        var error = StorageError("make \(path)", code: ENOENT, reason: "the folder \(folder) does not exist")
        error.remedy = "make that folder, or name a file in another one"
        return error
    }

    /// The same error with what to do about it, for a folder that a start or a command cannot use.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - user: The user id of the process.
    ///   - isOfCommand: Whether a command asks for the folder, which is about this folder and no other.
    /// - Returns: The error with a remedy; without one for errors of which no more is known than the system's words.
    func advised(forFolder path: String, user: UInt32 = getuid(), isOfCommand: Bool = false) -> StorageError {
        guard remedy.isEmpty else { return self }
        var advised = self
        advised.remedy =
            switch code {
            case ENOENT: "make the folder above it first, or name another folder in storage.path"
            case EACCES, EPERM:
                "give it to the user of the service, as by install -d -m 700 -o \(user) \(path), or name another folder"
            case ENOTDIR, EEXIST: "\(path), or a folder above it, is a file: name a folder in storage.path"
            case EROFS: "name a folder on a file system that the service may write to"
            case ENOSPC, EDQUOT: "make room, or name a folder on another disk"
            case EWOULDBLOCK where isOfCommand: "stop that process first, then run this command again"
            case EWOULDBLOCK: "stop that process first, or name another folder for this one"
            case EIO: "look at the disk, and restore a copy of the folder if its files are damaged"
            default: ""
            }
        return advised
    }
}
