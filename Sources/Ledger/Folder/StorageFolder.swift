// SPDX-License-Identifier: Apache-2.0

/// The folder of the ledger: flat, with files that grow and files that are replaced.
///
/// A protocol, so that tests can let any write fail.
package protocol StorageFolder: Sendable {
    /// The names of all files, in any order.
    ///
    /// - Throws: ``StorageError`` if the folder cannot be read.
    func names() throws(StorageError) -> [String]

    /// Makes a file that grows, and stores its name.
    ///
    /// - Parameters:
    ///   - name: A name that no file has.
    ///   - roomAhead: The number of zeros that are kept behind the end, as far as the disk has room, so that most syncs need not
    ///     store a new size; 0 for none.
    /// - Returns: The open file.
    /// - Throws: ``StorageError`` if it cannot be made.
    func create(_ name: String, roomAhead: Int) throws(StorageError) -> any GrowingFile

    /// The beginning of a file.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - count: The largest number of bytes.
    /// - Returns: The bytes; `nil` if there is no such file.
    /// - Throws: ``StorageError`` if it cannot be read.
    func read(_ name: String, first count: Int) throws(StorageError) -> [UInt8]?

    /// Waits until the content of a file is stored, including what an earlier process wrote.
    ///
    /// - Parameter name: Its name.
    /// - Throws: ``StorageError`` if it cannot be stored.
    func sync(_ name: String) throws(StorageError)

    /// Makes or replaces a file, so that at each moment its whole old or its whole new content is stored.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - bytes: Its content.
    /// - Throws: ``StorageError`` if it cannot be stored; the old content is still there.
    func replace(_ name: String, with bytes: [UInt8]) throws(StorageError)

    /// Removes a file; succeeds if there is no such file.
    ///
    /// - Parameter name: Its name.
    /// - Throws: ``StorageError`` if it cannot be removed.
    func remove(_ name: String) throws(StorageError)
}

extension StorageFolder {
    /// The whole content of a file.
    ///
    /// - Parameter name: Its name.
    /// - Returns: The bytes; `nil` if there is no such file.
    /// - Throws: ``StorageError`` if it cannot be read.
    func read(_ name: String) throws(StorageError) -> [UInt8]? { try read(name, first: .max) }
}

/// A file that grows at its end.
package protocol GrowingFile: Sendable {
    /// Hands bytes to the system.
    ///
    /// - Parameter bytes: What comes next in the file.
    /// - Throws: ``StorageError`` if not all could be written; how many were is not known.
    func write(_ bytes: [UInt8]) throws(StorageError)

    /// Waits until everything that was written is stored.
    ///
    /// - Throws: ``StorageError`` if it is not; then anything written since the last success may be lost.
    func sync() throws(StorageError)

    /// Closes the file.
    func close()
}

/// Why something could not be stored or read.
package struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was tried, such as `write 000000000001.journal`.
    package let action: String
    /// The system's number of the error.
    package let code: Int32
    /// The system's words for it.
    package let reason: String
    /// What to do about it; empty if there is nothing to say.
    package var remedy = ""
    /// Whether this process can store nothing more.
    var isFinal = false

    package init(_ action: String, code: Int32, reason: String) {
        (self.action, self.code, self.reason) = (action, code, reason)
    }

    package var description: String { "cannot \(action): \(reason)" + (remedy.isEmpty ? "" : "; \(remedy)") }
}
