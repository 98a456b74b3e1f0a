// SPDX-License-Identifier: Apache-2.0
import CMemory
import Synchronization

/// Returns the memory of large bodies to the system.
///
/// The C library keeps freed memory for later bodies, which makes ordinary bodies cheaper. Without this, the process would stay
/// as large as an unusual body has made it.
final class MemoryReturn: Sendable {
    private let isPending = Atomic<Bool>(false)
    /// The bytes of unfinished bodies since the memory of such bodies was returned last.
    private let unfinishedBytes = Atomic<Int>(0)

    /// The size, in bytes, from which on a body's memory is returned; ordinary batches with prompts take half of it.
    static let largeBody = 16 << 20

    /// Notes that a body is finished.
    ///
    /// - Parameters:
    ///   - bytes: The memory that it held.
    ///   - workers: One of them returns the memory, which takes milliseconds; only one does so at a time.
    func bodyEnded(holding bytes: Int, _ workers: WorkerPool) {
        if bytes >= Self.largeBody { giveBack(workers) }
    }

    /// Notes that a body was refused or broke off before it was worked on.
    ///
    /// The memory of such a body is as large as the sender declared, and seldom fits the next one: many of them together are
    /// returned like one large body.
    ///
    /// - Parameters:
    ///   - bytes: The received bytes.
    ///   - workers: One of them returns the memory.
    func bodyUnfinished(bytes: Int, _ workers: WorkerPool) {
        guard unfinishedBytes.add(bytes, ordering: .relaxed).newValue >= Self.largeBody else { return }
        unfinishedBytes.store(0, ordering: .relaxed)
        giveBack(workers)
    }

    private func giveBack(_ workers: WorkerPool) {
        guard !isPending.exchange(true, ordering: .relaxed) else { return }
        workers.submit { [self] in
            isPending.store(false, ordering: .relaxed)
            _ = malloc_trim(0)
        }
    }
}
