// SPDX-License-Identifier: Apache-2.0
import Compression
import GenAI
import OTLP
import Synchronization

/// The memory that a thread uses for one body at a time, and again for the next body.
struct ScratchMemory: ~Copyable, Sendable {
    var inflater: Inflater
    var tools: Tools

    struct Tools: Sendable {
        let reader: BodyReaders
        var interpreter: Interpreter
        /// The number of the plan that both were made by.
        let plan: Int
        private(set) var batch = SpanBatch()
        var spans = InterpretedSpans()
        var settled: [ModelCall] = []
        /// How often the batch has forgotten keys, as far as that is counted.
        var timesKeysWereForgotten = 0
        private var text: [UInt8] = []
        /// The most memory for spans and calls, and the largest copy of a body, that are kept from one body to the next; in
        /// bytes.
        var keptBytes = 0

        init(reader: BodyReaders, interpreter: Interpreter, plan: Int) {
            self.reader = reader
            self.interpreter = interpreter
            self.plan = plan
        }

        /// A copy of a body that may be written to; to be given back.
        mutating func takeText(of body: Span<UInt8>) -> [UInt8] {
            var copy: [UInt8] = []
            swap(&copy, &text)
            copy.removeAll(keepingCapacity: true)
            unsafe body.withUnsafeBufferPointer { bytes in unsafe copy.append(contentsOf: bytes) }
            return copy
        }

        /// Takes the memory of a copy back, unless an unusual body had made it large.
        mutating func keep(_ copy: inout [UInt8]) {
            if copy.capacity <= keptBytes { swap(&copy, &text) }
        }
    }

    init(_ tools: Tools, keptBytes: Int) {
        inflater = Inflater(keptBytes: keptBytes)
        self.tools = tools
        self.tools.keptBytes = keptBytes
    }

    /// Gives back what an unusually large body has taken.
    mutating func tidy() {
        inflater.trim()
        if tools.heldBytes > tools.keptBytes { tools.giveBack() }
    }
}

extension ScratchMemory.Tools {
    /// Lends out the batch, whose memory the next body reuses.
    mutating func withBatch<Result, Failure: Error>(
        _ work: (inout SpanBatch, inout Self) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var batch = SpanBatch()
        swap(&batch, &self.batch)
        defer { swap(&batch, &self.batch) }
        return try work(&batch, &self)
    }

    /// The bytes of a body's last slice and its calls, and of the calls of earlier bodies that become due with it.
    ///
    /// - Parameter batch: The last slice of the body.
    /// - Returns: The bytes.
    func workBytes(_ batch: SpanBatch) -> Int {
        let isSliced = batch.earlierSlices > 0
        let spans = isSliced ? batch.spans.capacity : batch.spans.count
        return (isSliced ? batch.memoryBytes : batch.usedBytes) + 2 * spans * MemoryLayout<ModelCall>.stride
    }

    /// The bytes that are kept from one body to the next.
    fileprivate var heldBytes: Int {
        batch.memoryBytes + (spans.calls.capacity + settled.capacity) * MemoryLayout<ModelCall>.stride
            + spans.passThrough.capacity * MemoryLayout<PassThroughSpan>.stride
    }

    fileprivate mutating func giveBack() {
        batch = SpanBatch()
        timesKeysWereForgotten = 0
        spans = InterpretedSpans()
        settled = []
    }
}

/// One ``ScratchMemory`` for each thread that works on bodies.
final class ScratchPool: Sendable {
    /// A reference to the memory, since a lock cannot be an element of an array.
    private final class Slot: Sendable {
        let memory: Mutex<ScratchMemory>

        init(_ memory: consuming sending ScratchMemory) { self.memory = Mutex(memory) }
    }

    /// The bytes that all threads together may keep from one body to the next: as much each for inflated bodies, for copies of
    /// bodies, and for spans and calls.
    ///
    /// A thread may always keep 1 MiB of each.
    private static let keptByAll = 32 << 20

    private let slots: [Slot]
    private let plan: ReadingPlan

    init(count: Int, plan: ReadingPlan) {
        let tools = plan.makeTools()
        let kept = min(8 << 20, max(1 << 20, Self.keptByAll / max(1, count)))
        slots = (0..<max(1, count)).map { _ in Slot(ScratchMemory(tools, keptBytes: kept)) }
        self.plan = plan
    }

    /// Works with memory that no other caller uses; waits if other callers use all of it.
    func withFreeMemory<Result, Failure: Error>(
        _ work: (inout ScratchMemory) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if let result = try withMemoryIfFree(work) { return result }
        return try slots[0].memory.withLock { memory throws(Failure) in
            plan.renew(&memory.tools)
            defer { memory.tidy() }
            return try work(&memory)
        }
    }

    /// Works with memory that no other caller uses; `nil` if other callers use all of it.
    func withMemoryIfFree<Result, Failure: Error>(
        _ work: (inout ScratchMemory) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        for slot in slots {
            let result = try slot.memory.withLockIfAvailable { memory throws(Failure) in
                plan.renew(&memory.tools)
                defer { memory.tidy() }
                return try work(&memory)
            }
            if let result { return result }
        }
        return nil
    }

}
