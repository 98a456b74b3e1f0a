// SPDX-License-Identifier: Apache-2.0
import Compression
import GenAI
import OTLP
import Synchronization

/// The memory that one body at a time is worked on with; it is used again for the next body.
struct Workbench: ~Copyable, Sendable {
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

extension Workbench.Tools {
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
            + spans.links.capacity * MemoryLayout<SpanLink>.stride
    }

    fileprivate mutating func giveBack() {
        batch = SpanBatch()
        timesKeysWereForgotten = 0
        spans = InterpretedSpans()
        settled = []
    }
}

/// As many workbenches as there are workers.
final class Workbenches: Sendable {
    /// A reference for each bench, since a lock cannot be an element of an array.
    private final class Place: Sendable {
        let bench: Mutex<Workbench>

        init(_ bench: consuming sending Workbench) { self.bench = Mutex(bench) }
    }

    /// The memory that all benches together may keep from one body to the next, in bytes: as much each for inflated bodies,
    /// for copies of bodies, and for spans and calls.
    ///
    /// One bench may always keep 1 MiB of each.
    private static let keptByAll = 32 << 20

    private let places: [Place]
    private let plan: ReadingPlan

    init(count: Int, plan: ReadingPlan) {
        let tools = plan.makeTools()
        let kept = min(8 << 20, max(1 << 20, Self.keptByAll / max(1, count)))
        places = (0..<max(1, count)).map { _ in Place(Workbench(tools, keptBytes: kept)) }
        self.plan = plan
    }

    /// Works at a free bench; waits for one when there are more callers than benches.
    func atFreeBench<Result, Failure: Error>(
        _ work: (inout Workbench) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        for place in places {
            let result = try place.bench.withLockIfAvailable { bench throws(Failure) in
                plan.renew(&bench.tools)
                defer { bench.tidy() }
                return try work(&bench)
            }
            if let result { return result }
        }
        return try places[0].bench.withLock { bench throws(Failure) in
            plan.renew(&bench.tools)
            defer { bench.tidy() }
            return try work(&bench)
        }
    }
}
