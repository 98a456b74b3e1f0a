// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Writes bytes to a file descriptor, in as many system calls as needed.
enum DescriptorWriter {
    /// Writes all bytes, or as many as can be written; blocks while the pipe is full.
    ///
    /// The descriptor's flags stay as they are, because a terminal or pipe is shared with other processes.
    ///
    /// - Parameters:
    ///   - bytes: Any bytes.
    ///   - descriptor: An open descriptor; a closed one is an error like any other.
    /// - Returns: How many bytes were written, and the system's error number, 0 when all were.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> (written: Int, error: Int32) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes { rest in
                unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count > 0 {
                written += count
                continue
            }
            let error = count < 0 ? errno : EIO
            switch error {
            case EINTR: continue
            case EAGAIN:
                // Another process made the shared pipe non-blocking.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&waiting, 1, -1)
            default: return (written, error)
            }
        }
        return (written, 0)
    }
}
