// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The segments of a journal, held open while the service may remove them.
///
/// A segment goes only once a stored checkpoint and the rows have its records. So the segments that are open before checkpoint
/// and rows are looked at, with those that are there afterwards, reach back to what both lack.
struct PinnedJournal {
    private let path: String
    private var files: [UInt64: OpenFile] = [:]

    /// Opens all segments.
    ///
    /// - Parameter path: The folder.
    /// - Throws: ``StorageError`` if the folder or a segment cannot be opened.
    init(_ path: String) throws(StorageError) {
        self.path = path
        _ = try pin()
    }

    /// Opens the segments that came since, after checkpoint and rows were looked at.
    ///
    /// - Returns: Whether the segments are in one row, as far as their names tell: `false` if some may have come and gone
    ///   meanwhile.
    /// - Throws: ``StorageError`` if the folder or a segment cannot be opened.
    mutating func pinLater() throws(StorageError) -> Bool {
        let last = files.keys.max()
        let added = try pin()
        guard let last, let first = added.min() else { return true }
        return first <= last + 1
    }

    /// The open segments, oldest first, each with the number of bytes that it has now.
    func sized() throws(StorageError) -> [(file: OpenFile, bytes: Int)] {
        var sized: [(OpenFile, Int)] = []
        for (_, file) in files.sorted(by: { $0.key < $1.key }) { sized.append((file, Int(try file.status().st_size))) }
        return sized
    }

    private mutating func pin() throws(StorageError) -> [UInt64] {
        var added: [UInt64] = []
        for name in try DiskFolder(existing: path).names() {
            guard let sequence = SegmentHeader.sequence(of: name), files[sequence] == nil else { continue }
            do throws(StorageError) {
                files[sequence] = try OpenFile(name, at: "\(path)/\(name)")
                added.append(sequence)
            } catch {
                // Removed since the folder was read: nothing needs it.
                guard error.code == ENOENT else { throw error }
            }
        }
        return added
    }
}
