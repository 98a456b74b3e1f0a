// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// What a transaction adds to roll-ups, by quarter of an hour, line and group of values.
struct RollupSum {
    var calls: Int64 = 0
    var failed: Int64 = 0
    var unpriced: Int64 = 0
    var estimated: Int64 = 0
    var streamed: Int64 = 0
    var tokens = InlineArray<15, Int64>(repeating: 0)
    var units = InlineArray<5, Int64>(repeating: 0)
    /// In microseconds.
    var duration: Int64 = 0
    var cost: Int128 = 0
    var saved: Int128 = 0

    /// Adds another sum.
    mutating func add(_ other: RollupSum) {
        calls &+= other.calls
        failed &+= other.failed
        unpriced &+= other.unpriced
        estimated &+= other.estimated
        streamed &+= other.streamed
        for index in tokens.indices { tokens[index] &+= other.tokens[index] }
        for index in units.indices { units[index] &+= other.units[index] }
        duration &+= other.duration
        cost &+= other.cost
        saved &+= other.saved
    }
}

/// What a ``RollupSum`` is the sum of.
struct RollupKey: WordKey {
    let quarter: Int64
    let line: Int64
    let group: Int32

    @inline(__always)
    func hash(_ salt: UInt64) -> UInt64 {
        mix64(UInt64(bitPattern: quarter) ^ salt, UInt64(bitPattern: line) << 32 ^ UInt64(UInt32(bitPattern: group)))
    }
}

/// The five sums of tokens of a call, of a trace or of a session, in the order of ``RowSchema/sums``.
struct TokenSums {
    var input: Int64 = 0
    var output: Int64 = 0
    var cacheRead: Int64 = 0
    var cacheWrite: Int64 = 0
    var reasoning: Int64 = 0

    @inline(__always)
    mutating func add(_ tokens: Int64, _ tokenClass: TokenClass) {
        switch tokenClass {
        case .input, .inputAudio, .inputImage, .inputVideo: input &+= tokens
        case .output, .outputAudio, .outputImage, .outputVideo: output &+= tokens
        case .cacheRead, .cacheReadAudio, .cacheReadImage: cacheRead &+= tokens
        case .cacheWrite, .cacheWrite1h, .cacheWrite12h: cacheWrite &+= tokens
        case .reasoning: reasoning &+= tokens
        }
    }

    @inline(__always)
    mutating func add(_ other: TokenSums) {
        input &+= other.input
        output &+= other.output
        cacheRead &+= other.cacheRead
        cacheWrite &+= other.cacheWrite
        reasoning &+= other.reasoning
    }
}

/// What a call adds to the sums of its trace and of its session.
struct CallSum {
    var calls: Int64 = 0
    var failed: Int64 = 0
    var unpriced: Int64 = 0
    var estimated: Int64 = 0
    var tokens = TokenSums()
    var cost: Int128 = 0

    @inline(__always)
    mutating func add(_ other: CallSum) {
        calls &+= other.calls
        failed &+= other.failed
        unpriced &+= other.unpriced
        estimated &+= other.estimated
        tokens.add(other.tokens)
        cost &+= other.cost
    }
}

/// What a transaction adds to a trace.
struct TraceSum {
    let key: TraceKey
    let id: Int64
    let isNew: Bool
    /// In microseconds since 2020.
    var start: Int64
    var finish: Int64
    var lowest: Int64
    var highest: Int64
    var calls = CallSum()
    var drops: Int64 = 0
    var set: Int64 = 0
    /// The session of its first call that has one; 0 for none.
    var session: Int64 = 0
    /// The text id of the root span's name; 0 if it was not seen.
    var name: Int64 = 0

    init(_ key: TraceKey, id: Int64, isNew: Bool, row: Int64, start: Int64, finish: Int64) {
        (self.key, self.id, self.isNew) = (key, id, isNew)
        (self.start, self.finish) = (start, finish)
        (lowest, highest) = (row, row)
    }

    /// Whether it is a call, and gets no row of its own.
    @inline(__always)
    var isSingle: Bool { isNew && calls.calls == 1 && drops == 0 }

    /// Notes a row of the trace.
    @inline(__always)
    mutating func extend(row: Int64, start: Int64, finish: Int64) {
        self.start = min(self.start, start)
        self.finish = max(self.finish, finish)
        lowest = min(lowest, row)
        highest = max(highest, row)
    }
}

/// What a transaction adds to a session.
struct SessionSum {
    let id: Int64
    /// In microseconds since 2020.
    var start: Int64
    var finish: Int64
    var calls = CallSum()
    var set: Int64 = 0
    /// Its first trace of the transaction; `nil` if all of them were noted in earlier ones.
    var trace: NotedTrace?
}

/// A trace that a session gets in a transaction.
struct NotedTrace {
    let id: Int64
    /// Whether the trace came with this transaction, so that no session has it yet.
    let isNew: Bool
}

/// A row of `calls` or `drops` to be.
struct SpanRow {
    var id: Int64
    /// The index of its trace's sums.
    var trace: Int32
    var span: UInt64
    var parent: UInt64
    var finish: Int64
    /// In microseconds; -1 if unknown.
    var duration: Int64
    var first: Int64
    var kind: Int64
    var set: Int64
    var session: Int64
    var usage: CallUsage
    var units: UInt64 = 0
    /// `nil` if the call is unpriced.
    var cost: RowMoney?
    var reported: Int64?
    var fate: Int64 = 0
    var favourTrace: Int64?
    var favour: UInt64?
}

/// The text id of a session.
struct SessionKey: WordKey {
    let id: Int64

    @inline(__always)
    func hash(_ salt: UInt64) -> UInt64 { mix64(UInt64(bitPattern: id) ^ salt, 0xA076_1D64_78BD_642F) }
}

/// Everything that a transaction adds.
struct BatchSums {
    private var keys = KeyTable<RollupKey>()
    private(set) var rollups: [RollupSum] = []
    private var machineKeys = KeyTable<RollupKey>()
    /// What machines cost, which is no part of the totals of calls.
    private(set) var machines: [RollupSum] = []
    var traces: [TraceSum] = []
    var sessions: [SessionSum] = []
    private var sessionNumbers = KeyTable<SessionKey>()
    /// Further traces of sessions, by the indices in ``sessions``.
    private(set) var furtherTraces: [(session: Int, trace: NotedTrace)] = []
    var calls: [SpanRow] = []
    var drops: [SpanRow] = []
    /// The dropped spans; not the rows of ``drops``, since these may not be kept.
    var dropped: Int64 = 0
    private var latest: (key: RollupKey, index: Int)?

    /// The keys of ``rollups``.
    var rollupKeys: [RollupKey] { keys.keys }
    /// The keys of ``machines``.
    var machineRollupKeys: [RollupKey] { machineKeys.keys }

    /// Makes room for the rows of a transaction: arrays that grow would have room for twice as many.
    mutating func reserve(_ spans: Int) {
        calls.reserveCapacity(spans)
        traces.reserveCapacity(spans)
        sessions.reserveCapacity(spans)
    }

    mutating func removeAll() {
        keys.removeAll()
        rollups.removeAll(keepingCapacity: true)
        machineKeys.removeAll()
        machines.removeAll()
        traces.removeAll(keepingCapacity: true)
        sessions.removeAll(keepingCapacity: true)
        sessionNumbers.removeAll()
        furtherTraces.removeAll(keepingCapacity: true)
        calls.removeAll(keepingCapacity: true)
        drops.removeAll(keepingCapacity: true)
        dropped = 0
        latest = nil
    }

    /// The index of the sum of a key in ``rollups``.
    @inline(__always)
    mutating func rollup(_ key: RollupKey) -> Int {
        if let latest, latest.key == key { return latest.index }
        let (index, isNew) = keys.number(of: key)
        if isNew { rollups.append(RollupSum()) }
        latest = (key, index)
        return index
    }

    /// Changes the sum with an index.
    @inline(__always)
    mutating func changeRollup(_ index: Int, _ change: (inout RollupSum) -> Void) { change(&rollups[index]) }

    /// The index of the sum of a key in ``machines``.
    mutating func machine(_ key: RollupKey) -> Int {
        let (index, isNew) = machineKeys.number(of: key)
        if isNew { machines.append(RollupSum()) }
        return index
    }

    mutating func changeMachine(_ index: Int, _ change: (inout RollupSum) -> Void) { change(&machines[index]) }

    /// Adds a call to its session.
    ///
    /// - Returns: The index in ``sessions``.
    mutating func add(_ call: CallSum, toSession id: Int64, start: Int64, finish: Int64, set: Int64) -> Int {
        let (index, isNew) = sessionNumbers.number(of: SessionKey(id: id))
        if !isNew {
            sessions[index].start = min(sessions[index].start, start)
            sessions[index].finish = max(sessions[index].finish, finish)
            sessions[index].calls.add(call)
            if sessions[index].set == 0 { sessions[index].set = set }
        } else {
            sessions.append(SessionSum(id: id, start: start, finish: finish, calls: call, set: set))
        }
        return index
    }

    /// Notes that a session has a trace.
    mutating func add(_ trace: NotedTrace, toSession index: Int) {
        if let first = sessions[index].trace {
            if first.id != trace.id { furtherTraces.append((index, trace)) }
        } else {
            sessions[index].trace = trace
        }
    }
}
