// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A pipe that nothing is read from unless a test does.
package final class StalledPipe {
    private let reader: Int32
    private let writer: Int32

    /// Makes an empty pipe.
    package init() {
        var ends: [Int32] = [-1, -1]
        unsafe pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reader, writer) = (ends[0], ends[1])
    }

    deinit {
        close(reader)
        close(writer)
    }

    /// The end to write to.
    package var descriptor: Int32 { writer }

    /// Where other processes find the end to write to.
    package var path: String { "/proc/\(getpid())/fd/\(writer)" }

    /// Writes until nothing more fits.
    package func fill() {
        // A descriptor of its own: `O_NONBLOCK` on ours would hold for the process under test too.
        let filler = unsafe open("/proc/self/fd/\(writer)", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(filler) }
        var byte = UInt8(ascii: ".")
        let page = [UInt8](repeating: byte, count: 4096)
        while unsafe write(filler, page, page.count) > 0 {}
        while unsafe write(filler, &byte, 1) > 0 {}
    }

    /// Reads what there is, and waits for something if there is nothing.
    ///
    /// - Returns: At most 64 KiB.
    package func read() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            count = max(0, unsafe Glibc.read(reader, buffer.baseAddress, buffer.count))
        }
    }
}
