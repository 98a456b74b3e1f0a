// SPDX-License-Identifier: Apache-2.0
import CMemory
import NIOCore

/// The number of processors on which threads of this process may run at the same time.
enum ProcessorCount {
    /// What the machine, the CPU quota and the CPU affinity of the process allow; at least 1.
    static let available = max(1, min(System.coreCount, inAffinity ?? .max))

    /// The number of processors in the affinity of the process (Linux, sched_setaffinity(2)); `nil` where it cannot be read.
    private static var inAffinity: Int? {
        // Bits for 8,192 processors, the most that Linux can be built for.
        var mask = [UInt64](repeating: 0, count: 128)
        let isRead = unsafe mask.withUnsafeMutableBytes { mask in
            unsafe sched_getaffinity(0, UInt(mask.count), mask.baseAddress) == 0
        }
        return isRead ? mask.reduce(0) { $0 + $1.nonzeroBitCount } : nil
    }
}
