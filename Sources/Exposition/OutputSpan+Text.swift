// SPDX-License-Identifier: Apache-2.0

extension OutputSpan<UInt8> {
    /// Appends bytes; traps if there is no room for them.
    ///
    /// Sound because the room is checked first, bytes are plain memory, the two regions cannot overlap (one is written
    /// through exclusive access), and exactly the bytes that were copied are counted as initialised. The standard
    /// library appends one element at a time.
    @safe mutating func append(copying bytes: Span<UInt8>) {
        precondition(bytes.count <= freeCapacity, "no room for the bytes")
        unsafe withUnsafeMutableBufferPointer { buffer, initializedCount in
            let free = unsafe UnsafeMutableRawBufferPointer(
                UnsafeMutableBufferPointer(rebasing: buffer[initializedCount...]))
            unsafe bytes.withUnsafeBytes { unsafe free.copyMemory(from: $0) }
            initializedCount += bytes.count
        }
    }
}
