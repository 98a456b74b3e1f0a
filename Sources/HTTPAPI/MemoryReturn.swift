// SPDX-License-Identifier: Apache-2.0
import CMemory
import Synchronization

/// Gives the memory of large bodies back to the system.
///
/// The C library keeps what was freed for the next body, which spares new pages for ordinary ones. A body of unusual size
/// would leave the process as large as it made it.
final class MemoryReturn: Sendable {
    private let isPending = Atomic<Bool>(false)

    /// From how many bytes on a body's memory is given back; ordinary batches with prompts take half of it.
    static let largeBody = 16 << 20

    /// Notes that a body is done.
    ///
    /// - Parameters:
    ///   - bytes: The memory that it held.
    ///   - workers: One of them gives the memory back, which takes milliseconds; one at a time does.
    func bodyEnded(holding bytes: Int, _ workers: WorkerPool) {
        guard bytes >= Self.largeBody, !isPending.exchange(true, ordering: .relaxed) else { return }
        workers.submit { [self] in
            isPending.store(false, ordering: .relaxed)
            _ = malloc_trim(0)
        }
    }
}
