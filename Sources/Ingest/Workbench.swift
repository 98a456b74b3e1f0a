// SPDX-License-Identifier: Apache-2.0
import Compression
import GenAI
import OTLP
import Synchronization

/// The memory that one body at a time is worked on with; it is used again for the next body.
struct Workbench: ~Copyable, Sendable {
    var inflater = Inflater()
    var tools: Tools

    struct Tools: Sendable {
        let reader: BodyReaders
        var interpreter: Interpreter
        /// The number of the plan that both were made by.
        let plan: Int
        var batch = SpanBatch()
        var spans = InterpretedSpans()
        var settled: [ModelCall] = []
        private var text: [UInt8] = []

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
            if copy.capacity <= Self.keptText { swap(&copy, &text) }
        }

        private static let keptText = 8 << 20
    }

    init(_ tools: Tools) { self.tools = tools }

    /// Gives back what an unusually large body has taken.
    mutating func tidy() {
        inflater.trim()
        if tools.spans.calls.capacity > Self.keptCalls || tools.spans.links.capacity > Self.keptCalls {
            tools.spans = InterpretedSpans()
        }
        if tools.settled.capacity > Self.keptCalls { tools.settled = [] }
    }

    private static let keptCalls = 16_384
}

/// As many workbenches as there are workers.
final class Workbenches: Sendable {
    /// A reference for each bench, since a lock cannot be an element of an array.
    private final class Place: Sendable {
        let bench: Mutex<Workbench>

        init(_ bench: consuming sending Workbench) { self.bench = Mutex(bench) }
    }

    private let places: [Place]
    private let plan: ReadingPlan

    init(count: Int, plan: ReadingPlan) {
        let tools = plan.makeTools()
        places = (0..<max(1, count)).map { _ in Place(Workbench(tools)) }
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
