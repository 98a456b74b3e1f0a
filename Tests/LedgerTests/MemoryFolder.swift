// SPDX-License-Identifier: Apache-2.0
import Ledger
import Synchronization

/// A folder in memory that can lose what was not synced, and whose operations can fail.
final class MemoryFolder: StorageFolder {
    /// An operation that may fail.
    enum Operation: Equatable {
        case create, write, sync, replace, remove
    }

    /// The content of a file, and how much of it is stored.
    struct File {
        var bytes: [UInt8] = []
        var stored = 0
    }

    private struct State {
        var files: [String: File] = [:]
        var fails: @Sendable (Operation) -> Bool = { _ in false }
    }

    private let state = Mutex(State())

    init(_ files: [String: [UInt8]] = [:]) {
        state.withLock { $0.files = files.mapValues { File(bytes: $0, stored: $0.count) } }
    }

    /// The folder as another process finds it after a crash of the one that wrote it: what was not synced can still be lost.
    init(afterCrashOf folder: MemoryFolder) {
        let files = folder.state.withLock { $0.files }
        state.withLock { $0.files = files }
    }

    /// Decides which operations fail from now on.
    func fail(_ fails: @escaping @Sendable (Operation) -> Bool) { state.withLock { $0.fails = fails } }

    /// The files as they are now: what a process finds after a crash of another one.
    var files: [String: [UInt8]] { state.withLock { $0.files.mapValues(\.bytes) } }

    /// The files as they are after a power cut that took everything that was not synced.
    var storedFiles: [String: [UInt8]] { state.withLock { $0.files.mapValues { Array($0.bytes[..<$0.stored]) } } }

    /// The files after a power cut that took any part of what was not synced.
    func cutFiles(_ generator: inout some RandomNumberGenerator) -> [String: [UInt8]] {
        state.withLock { $0.files }.mapValues { file in
            Array(file.bytes[..<Int.random(in: file.stored...file.bytes.count, using: &generator)])
        }
    }

    func names() throws(StorageError) -> [String] { state.withLock { Array($0.files.keys) } }

    func create(_ name: String, roomAhead: Int) throws(StorageError) -> any GrowingFile {
        try check(.create)
        state.withLock { $0.files[name] = File() }
        return MemoryFile(folder: self, name: name)
    }

    func read(_ name: String, first count: Int) throws(StorageError) -> [UInt8]? {
        state.withLock { $0.files[name].map { Array($0.bytes.prefix(count)) } }
    }

    func replace(_ name: String, with bytes: [UInt8]) throws(StorageError) {
        try check(.replace)
        state.withLock { $0.files[name] = File(bytes: bytes, stored: bytes.count) }
    }

    func remove(_ name: String) throws(StorageError) {
        try check(.remove)
        state.withLock { $0.files[name] = nil }
    }

    fileprivate func write(_ bytes: [UInt8], to name: String) throws(StorageError) {
        do throws(StorageError) {
            try check(.write)
        } catch {
            // A disk that is full takes a part.
            state.withLock { $0.files[name]?.bytes += bytes.prefix(bytes.count / 2) }
            throw error
        }
        state.withLock { $0.files[name]?.bytes += bytes }
    }

    func sync(_ name: String) throws(StorageError) {
        try check(.sync)
        state.withLock { state in
            guard let count = state.files[name]?.bytes.count else { return }
            state.files[name]?.stored = count
        }
    }

    private func check(_ operation: Operation) throws(StorageError) {
        let fails = state.withLock { $0.fails }
        if fails(operation) { throw StorageError("\(operation)", code: 28, reason: "no space left on device") }
    }
}

private struct MemoryFile: GrowingFile {
    let folder: MemoryFolder
    let name: String

    func write(_ bytes: [UInt8]) throws(StorageError) { try folder.write(bytes, to: name) }
    func sync() throws(StorageError) { try folder.sync(name) }
    func close() {}
}
