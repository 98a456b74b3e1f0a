// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An open file whose bytes are copied, also after its name is gone.
final class OpenFile {
    let name: String
    private let descriptor: Int32

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - name: Its name, for errors.
    ///   - path: Its path.
    /// - Throws: ``StorageError`` if it cannot be opened; with `ENOENT` if it is gone.
    init(_ name: String, at path: String) throws(StorageError) {
        self.name = name
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .latest("open \(name)") }
    }

    deinit { close(descriptor) }

    /// What the system says of it.
    ///
    /// - Throws: ``StorageError`` if it says nothing.
    func status() throws(StorageError) -> stat {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .latest("ask about \(name)") }
        return status
    }

    /// Waits until its content is stored.
    ///
    /// - Throws: ``StorageError`` if it is not.
    func sync() throws(StorageError) { if fsync(descriptor) != 0 { throw .latest("store \(name)") } }

    /// Hands out the first bytes, in pieces of at most 1 MiB.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - isFilled: Whether zeros stand for what is missing if the file is shorter, as a segment is once its room ahead of
    ///     the end was cut off.
    ///   - take: Gets each piece.
    /// - Throws: ``StorageError`` if they cannot be read, if the file is shorter, and what `take` throws.
    func read(_ count: Int, isFilled: Bool = false, _ take: ([UInt8]) throws(StorageError) -> Void) throws(StorageError)
    {
        var offset = 0
        while offset < count {
            let wanted = min(1 << 20, count - offset)
            var code: Int32 = 0
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
                // Sound: the kernel writes at most `wanted` bytes, of which `filled` are kept.
                let read = unsafe pread(descriptor, buffer.baseAddress, wanted, offset)
                if read < 0 { code = errno }
                filled = max(0, read)
            }
            if code == EINTR { continue }
            guard code == 0 else {
                throw StorageError("read \(name)", code: code, reason: unsafe String(cString: strerror(code)))
            }
            guard !piece.isEmpty || isFilled else {
                throw StorageError("read \(name)", code: EIO, reason: "it ends too early")
            }
            let taken = piece.isEmpty ? [UInt8](repeating: 0, count: wanted) : piece
            try take(taken)
            offset += taken.count
        }
    }
}
