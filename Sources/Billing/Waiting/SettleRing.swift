// SPDX-License-Identifier: Apache-2.0
import CMemory
import GenAI

/// The memory of the spans that wait, oldest first: a ring of slots.
///
/// Each span has a running number, which selects its slot. The fields that decisions read most are one cache line a span; the
/// others are in blocks of their own. The ring begins small and grows up to its limit, so that few spans need little memory.
///
/// Memory: 320 bytes a span, 224 of them the call itself, and 16 bytes for the chains; 22 MB at the default limit.
@safe
struct SettleRing: ~Copyable {
    // Sound: the block holds `capacity` elements of each kind, belongs to this ring, and its parts are only indexed with
    // numbers masked to that length; elements are plain memory, and those from `oldest` up to `next` have been written.
    private var pages: Pages
    private var lines: UnsafeMutablePointer<WaitingLine>
    private var allTies: UnsafeMutablePointer<WaitingTies>
    private var calls: UnsafeMutablePointer<ModelCall>
    private(set) var capacity: Int
    private var mask: UInt32

    /// The oldest number that is in use; equal to ``next`` when none is.
    private(set) var oldest: UInt32
    /// The number that the next span gets.
    private(set) var next: UInt32
    /// The oldest number whose slot has not been taken by another span, decided or not.
    private(set) var oldestRemembered: UInt32

    /// Makes an empty ring.
    ///
    /// - Parameter first: The number of the first span; not 0, which means none in new memory.
    init(first: UInt32 = 1) {
        self.init(capacity: Self.smallest, oldest: first, next: first)
    }

    private init(capacity: Int, oldest: UInt32, next: UInt32) {
        self.capacity = capacity
        mask = UInt32(capacity - 1)
        let lineBytes = capacity * MemoryLayout<WaitingLine>.stride
        let tieBytes = capacity * MemoryLayout<WaitingTies>.stride
        pages = Pages(bytes: lineBytes + tieBytes + capacity * MemoryLayout<ModelCall>.stride)
        unsafe lines = pages.base.bindMemory(to: WaitingLine.self, capacity: capacity)
        unsafe allTies = (pages.base + lineBytes).bindMemory(to: WaitingTies.self, capacity: capacity)
        unsafe calls = (pages.base + lineBytes + tieBytes).bindMemory(to: ModelCall.self, capacity: capacity)
        self.oldest = oldest
        self.next = next
        oldestRemembered = next
    }

    /// The number of slots in use, those of spans that were decided before older ones included.
    @inline(__always)
    var count: Int { Int(next &- oldest) }

    @inline(__always)
    var isFull: Bool { count == capacity }

    /// Whether a number is one of a span that still has its slot.
    @inline(__always)
    func holds(_ number: UInt32) -> Bool { number &- oldest < next &- oldest }

    /// Whether the span of a number can still be read, waiting or decided.
    @inline(__always)
    func remembers(_ number: UInt32) -> Bool { number &- oldestRemembered < next &- oldestRemembered }

    /// The span whose slot the next one takes, when there is one.
    @inline(__always)
    var overwritten: UInt32? {
        next &- oldestRemembered == UInt32(truncatingIfNeeded: capacity) ? oldestRemembered : nil
    }

    /// The span whose slot is taken some steps after the next one, when there is one that is remembered now.
    @inline(__always)
    func overwritten(ahead steps: Int) -> UInt32? {
        let number = next &+ UInt32(truncatingIfNeeded: steps &- capacity)
        return remembers(number) ? number : nil
    }

    /// Whether the span of a number still waits.
    @inline(__always)
    func waits(_ number: UInt32) -> Bool { holds(number) && self[number].state.isDisjoint(with: .settled) }

    @inline(__always)
    subscript(number: UInt32) -> WaitingLine {
        _read { yield unsafe lines[Int(number & mask)] }
        _modify { yield unsafe &lines[Int(number & mask)] }
    }

    @inline(__always)
    subscript(ties number: UInt32) -> WaitingTies {
        _read { yield unsafe allTies[Int(number & mask)] }
        _modify { yield unsafe &allTies[Int(number & mask)] }
    }

    @inline(__always)
    subscript(call number: UInt32) -> ModelCall {
        _read { yield unsafe calls[Int(number & mask)] }
        _modify { yield unsafe &calls[Int(number & mask)] }
    }

    /// Takes a span in as the newest; there must be a free slot.
    ///
    /// - Returns: Its number, which is what ``next`` was.
    @inline(__always) @discardableResult
    mutating func append(_ arriving: CallReference, _ line: WaitingLine, _ ties: WaitingTies) -> UInt32 {
        let number = next
        let slot = Int(number & mask)
        if overwritten != nil { oldestRemembered &+= 1 }
        unsafe lines[slot] = line
        unsafe allTies[slot] = ties
        unsafe arriving.copy(to: calls + slot)
        next = number &+ 1
        return number
    }

    /// Prefetches the slot of a number that comes some steps after ``next``.
    ///
    /// When the ring is full it is that of an old span, which is read when that one is decided and then written.
    @inline(__always)
    func fetch(ahead steps: Int) {
        let slot = Int((next &+ UInt32(truncatingIfNeeded: steps)) & mask)
        unsafe prefetch_line(lines + slot)
        unsafe prefetch_line(allTies + slot)
        let call = unsafe UnsafeRawPointer(calls + slot)
        var offset = 0
        while offset < MemoryLayout<ModelCall>.size {
            unsafe prefetch_line(call + offset)
            offset &+= 64
        }
    }

    /// Prefetches the fields of a span that are compared first.
    @inline(__always)
    func fetch(_ number: UInt32) {
        let slot = Int(number & mask)
        unsafe prefetch_line(allTies + slot)
        unsafe prefetch_line(lines + slot)
    }

    /// Appends the calls of some numbers that follow each other to an array.
    ///
    /// From memory to memory, each contiguous part in one step: as values, calls would be copied twice.
    ///
    /// - Parameters:
    ///   - first: The first number; all of them must still be remembered.
    ///   - count: The number of calls.
    ///   - array: Where they go.
    func copy(_ first: UInt32, count: Int, to array: inout [ModelCall]) {
        var (slot, rest) = (Int(first & mask), count)
        while rest > 0 {
            let part = min(rest, capacity - slot)
            unsafe array.append(contentsOf: UnsafeBufferPointer(start: calls + slot, count: part))
            (slot, rest) = (0, rest - part)
        }
    }

    /// Frees the slots of the oldest spans that have been decided.
    @inline(__always)
    mutating func dropSettled() {
        while oldest != next, self[oldest].state.contains(.settled) { oldest &+= 1 }
    }

    /// Makes room for more spans; numbers stay.
    ///
    /// - Parameter capacity: The new number of slots, a larger power of two.
    mutating func grow(to capacity: Int) {
        var larger = SettleRing(capacity: capacity, oldest: oldest, next: oldestRemembered)
        var number = oldestRemembered
        while number != next {
            unsafe larger.append(CallReference(calls + Int(number & mask)), self[number], self[ties: number])
            number &+= 1
        }
        self = larger
    }

    private static let smallest = 256
}
