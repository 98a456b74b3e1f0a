// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Reads whole files, and says why one cannot be read.
enum FileContents {
    /// The largest file that is read, in bytes.
    static let most = 256 << 20

    /// Reads a file or a pipe to its end.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - most: The largest number of bytes.
    /// - Returns: Its bytes.
    /// - Throws: ``FileFault``.
    static func read(_ path: String, most: Int = most) throws(FileFault) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFault(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileFault(path, errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileFault(path, EISDIR) }
        var bytes: [UInt8] = []
        // One byte more than the file has, so that the next read finds its end.
        var room = max(4_096, min(status.st_size, most) + 1)
        while true {
            var error: Int32 = 0
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0 { (error, count) = (errno, 0) }
            }
            if error == EINTR { continue }
            guard error == 0 else { throw FileFault(path, error) }
            guard !piece.isEmpty else { return bytes }
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
            guard bytes.count <= most else { throw FileFault(path, EFBIG) }
            room = 65_536
        }
    }
}

/// The reason why a file cannot be read.
struct FileFault: Error, Equatable {
    let path: String
    /// The system's error number; `EILSEQ` for text that is not UTF-8.
    let number: Int32

    init(_ path: String, _ number: Int32) {
        self.path = path
        self.number = number
    }

    /// What is wrong, as the rest of a sentence about the file.
    var problem: String {
        switch number {
        case ENOENT: "does not exist"
        case EISDIR: "is a directory"
        case EACCES, EPERM: "is not readable by this process, whose user id is \(geteuid())"
        case EFBIG: "is larger than \(FileContents.most >> 20) MiB"
        case EILSEQ: "is not UTF-8 text"
        default: "cannot be read: \(unsafe String(cString: strerror(number)))"
        }
    }

    /// What to do, for faults that another path does not mend.
    var remedy: String? {
        switch number {
        case EACCES, EPERM: "permit it with chmod or chown, for its folders as well"
        case EILSEQ: "save it as UTF-8"
        default: nil
        }
    }
}
