// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A block of zeroed memory that takes pages only as they are touched.
@safe
struct Pages: ~Copyable {
    // Sound: the block is allocated here with at least `bytes` bytes and freed once, in `deinit`. A type that uses `base`
    // also owns these pages and keeps its accesses within `bytes`.
    let base: UnsafeMutableRawPointer
    private let bytes: Int

    /// Takes a block.
    ///
    /// - Parameter bytes: Its size, more than 0.
    init(bytes: Int) {
        let block = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let block = unsafe block, unsafe block != MAP_FAILED else {
            preconditionFailure("no memory for \(bytes) bytes")
        }
        // Tables are read all over: with ordinary pages most look-ups would first have to look for their page. Small
        // ones stay with ordinary pages, so that an idle service stays small.
        if bytes >= Self.huge { unsafe madvise(block, bytes, MADV_HUGEPAGE) }
        unsafe base = block
        self.bytes = bytes
    }

    deinit { unsafe munmap(base, bytes) }

    private static let huge = 2 << 20
}
