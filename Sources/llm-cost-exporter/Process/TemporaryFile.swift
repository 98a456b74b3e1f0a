// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// A file without a name for what does not fit into memory; it is gone when the process ends.
final class TemporaryFile: Sendable {
    private let descriptor: Int32
    private let size = Mutex(0)

    /// Makes an empty file in the folder that `TMPDIR` names, otherwise in `/tmp`.
    ///
    /// - Throws: ``TemporaryFileError``.
    init() throws(TemporaryFileError) {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var path = Array("\(folder)/llm-cost-exporter.XXXXXX".utf8CString)
        descriptor = unsafe mkstemp(&path)
        guard descriptor >= 0 else { throw TemporaryFileError(folder: folder, number: errno) }
        unsafe unlink(&path)
    }

    deinit { close(descriptor) }

    /// Appends bytes.
    ///
    /// - Returns: Where they are.
    func append(_ bytes: [UInt8]) throws(TemporaryFileError) -> Range<Int> {
        try size.withLock { size throws(TemporaryFileError) in
            let (written, error) = DescriptorWriter.write(bytes, to: descriptor)
            guard error == 0 else { throw TemporaryFileError(folder: nil, number: error) }
            let range = size..<size + written
            size += written
            return range
        }
    }

    /// Reads bytes that were appended.
    func read(_ range: Range<Int>) throws(TemporaryFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var read = 0
        while read < range.count {
            let count = unsafe bytes[read...].withUnsafeMutableBytes { rest in
                unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(range.lowerBound + read))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw TemporaryFileError(folder: nil, number: count < 0 ? errno : EIO) }
            read += count
        }
        return bytes
    }
}

/// Why a temporary file could not be used.
struct TemporaryFileError: Error, CustomStringConvertible {
    /// The folder in which none could be made; `nil` for one that could not be read or written.
    let folder: String?
    let number: Int32

    var description: String {
        let reason = unsafe String(cString: strerror(number))
        return folder.map { "no temporary file can be made in \($0): \(reason); set TMPDIR to another folder" }
            ?? "a temporary file cannot be used: \(reason); set TMPDIR to a folder with more room"
    }
}
