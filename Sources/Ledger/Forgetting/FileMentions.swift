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
            var configuration = Configuration()
            configuration.readonly = true
            let copy = try DatabaseQueue(path: RowReader.immutable(path), configuration: configuration)
            defer { try? copy.close() }
            return try copy.read { database in
                var isNamed = false
                try BoundStatement(database, "SELECT id, text FROM texts").eachText { _, text in
                    if !isNamed { isNamed = user.isNamed(in: text) }
                }
                return isNamed
            }
        } catch {
            return try search(path) { bytes, _, _ in user.isAnywhere(in: bytes) }
        }
    }

    /// Whether a file has the user where no letter or digit goes on before or after it.
    ///
    /// - Parameter path: The path of the file.
    /// - Returns: Whether it does; not if it was removed meanwhile.
    /// - Throws: ``StorageError`` if the file cannot be read.
    func areInFile(_ path: String) throws(StorageError) -> Bool {
        try search(path) { bytes, isAfterOthers, isBeforeOthers in
            user.forms.contains { form in
                // The quick search first.
                ByteSearch.count(of: form, in: bytes) > 0
                    && ByteSearch.hasWord(
                        form, in: bytes, isAfterOthers: isAfterOthers, isBeforeOthers: isBeforeOthers)
            }
        }
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
        let overlap = (user.forms.map(\.count).max() ?? 0) + 1
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
