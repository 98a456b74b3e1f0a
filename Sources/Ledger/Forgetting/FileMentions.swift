// SPDX-License-Identifier: Apache-2.0
import GRDB
import Glibc

/// Looks for a user in files that are read and never changed.
struct FileMentions {
    private let user: ForgottenUser

    init(_ user: ForgottenUser) { self.user = user }

    /// Whether a copy of rows of any version names the user.
    ///
    /// Its statements, names of columns and free places have words as well, so its texts are read. In a copy that is damaged, any
    /// place counts: nothing can be made of it any more.
    ///
    /// - Parameter path: The path of the copy.
    /// - Returns: Whether it does.
    /// - Throws: ``StorageError`` if the file cannot be read.
    func areInCopy(_ path: String) throws(StorageError) -> Bool {
        do {
            let copy = try Self.open(path)
            defer { try? copy.close() }
            return try copy.read { database in
                var isNamed = false
                try BoundStatement(database, "SELECT id, text FROM texts").eachText { _, text in
                    if !isNamed { isNamed = user.isNamed(in: text) }
                }
                return isNamed
            }
        } catch {
            return try areAnywhere(in: path)
        }
    }

    /// Whether a file has the bytes of the user anywhere.
    private func areAnywhere(in path: String) throws(StorageError) -> Bool {
        try search(path) { bytes, _, _ in user.isAnywhere(in: bytes) }
    }

    /// Writes a copy anew that does not name the user in its texts: its free parts may.
    ///
    /// - Parameters:
    ///   - name: The name of the copy.
    ///   - folder: The folder.
    /// - Returns: Whether it has no such parts any more; a damaged copy stays as it is, and may have them.
    /// - Throws: What SQLite or the file system throws; then the old file is still there.
    func clean(_ name: String, in folder: String) throws -> Bool {
        do {
            try RowRewriting(in: folder, name: name).run(Self.open("\(folder)/\(name)"))
            return true
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            return try !areAnywhere(in: "\(folder)/\(name)")
        }
    }

    /// Opens a copy, which no process changes, without a file beside it.
    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: RowReader.immutable(path), configuration: configuration)
    }

    /// Whether a file has the user where no letter or digit goes on before or after it.
    ///
    /// - Parameter path: The path of the file.
    /// - Returns: Whether it does; not if it was removed meanwhile.
    /// - Throws: ``StorageError`` if the file cannot be read.
    func areInFile(_ path: String) throws(StorageError) -> Bool {
        try search(path) { user.isNamed(in: $0, isAfterOthers: $1, isBeforeOthers: $2) }
    }

    /// Searches a file in pieces, each with the end of the one before.
    ///
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - isFound: Whether some bytes have the text; other bytes may come before and after them.
    /// - Returns: Whether one of the pieces has it.
    /// - Throws: ``StorageError`` if the file cannot be read.
    private func search(
        _ path: String, _ isFound: ([UInt8], _ isAfterOthers: Bool, _ isBeforeOthers: Bool) -> Bool
    ) throws(StorageError) -> Bool {
        let name = String(path.split(separator: "/").last ?? "")
        let file: OpenFile
        do throws(StorageError) {
            file = try OpenFile(name, at: path)
        } catch {
            guard error.code != ENOENT else { return false }
            throw error
        }
        // The longest text that the end of a piece may cut, and the byte before it.
        let overlap = user.longest + 4
        var (tail, isAfterOthers, isHere): ([UInt8], Bool, Bool) = ([], false, false)
        func look(_ bytes: [UInt8], isBeforeOthers: Bool) {
            if !isHere { isHere = isFound(bytes, isAfterOthers, isBeforeOthers) }
            if bytes.count > overlap { isAfterOthers = true }
            tail = bytes.suffix(overlap)
        }
        try file.read(Int(try file.status().st_size)) { piece throws(StorageError) in
            look(tail + piece, isBeforeOthers: true)
        }
        // What ends with the file.
        look(tail, isBeforeOthers: false)
        return isHere
    }
}
