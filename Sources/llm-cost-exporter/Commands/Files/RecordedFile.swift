// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The bytes of a file of bodies or of standard input, read piece by piece.
final class RecordedFile {
    private let descriptor: Int32
    private let isOwned: Bool

    /// Opens a file.
    ///
    /// - Parameter path: The file, or `-` for standard input.
    /// - Throws: ``RecordedFileError`` if it cannot be opened.
    init(_ path: String) throws(RecordedFileError) {
        isOwned = path != "-"
        descriptor = isOwned ? unsafe open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
        guard descriptor >= 0 else { throw RecordedFileError(code: errno) }
    }

    deinit { if isOwned { close(descriptor) } }

    /// Adds bytes of the file until there are enough, or the file ends.
    ///
    /// - Parameters:
    ///   - bytes: Receives the bytes.
    ///   - count: The least number of bytes wanted.
    /// - Returns: Whether the file has ended.
    /// - Throws: ``RecordedFileError`` if it cannot be read, as a folder cannot.
    func read(into bytes: inout [UInt8], until count: Int) throws(RecordedFileError) -> Bool {
        var room = [UInt8](repeating: 0, count: 1 << 18)
        while bytes.count < count {
            let read = unsafe room.withUnsafeMutableBytes { room in
                unsafe Glibc.read(descriptor, room.baseAddress, room.count)
            }
            if read == 0 { return true }
            guard read > 0 else {
                if errno == EINTR { continue }
                throw RecordedFileError(code: errno)
            }
            bytes += room[..<read]
        }
        return false
    }
}

/// Why a file was not read.
struct RecordedFileError: Error, CustomStringConvertible {
    /// The error number of the system.
    let code: Int32

    var description: String {
        switch code {
        case ENOENT: "the file cannot be read: there is no such file"
        case EISDIR: "the file cannot be read: it is a folder; name the files in it"
        case EACCES: "the file cannot be read: reading it is not permitted"
        default: "the file cannot be read: \(unsafe String(cString: strerror(code)))"
        }
    }
}
