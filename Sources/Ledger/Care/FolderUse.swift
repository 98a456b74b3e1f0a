// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Whether a process has the folder of a ledger, for commands that only read it.
package enum FolderUse: Sendable, Equatable {
    /// No process has it.
    case free
    /// A process has it; the text names it as it named itself, and is empty if it did not.
    case taken(by: String)

    /// Looks at the lock of a folder.
    ///
    /// The lock is taken for a moment, shared with others that look, because the system has no way to ask for the holder of
    /// such a lock.
    ///
    /// - Parameter path: The folder.
    /// - Returns: The use; ``free`` if there is no lock or it cannot be opened.
    package static func of(_ path: String) -> FolderUse {
        let descriptor = unsafe open("\(path)/\(FolderLock.name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .free }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return .free }
        return .taken(by: FolderLock.text(of: descriptor))
    }

    /// Whether a process has it.
    package var isTaken: Bool { self != .free }
}
