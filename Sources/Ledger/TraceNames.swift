// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import Synchronization

/// Finds the root spans of traces with calls; the names of all other traces are never stored.
///
/// Most traces of an application have no call. A root that comes with a call of its trace, or soon before or after one, is
/// handed out; others wait until 65,536 later ones have come, and are forgotten. A root that comes longer after the calls than
/// 65,536 other traces with calls may be forgotten as well: its trace then has no name.
final class TraceNames: Sendable {
    private struct State {
        /// By the hash of a trace, the hash of the trace with calls that came last with that place.
        var traces = [UInt64](repeating: 0, count: TraceNames.tracesWithCalls)
        var newer = WaitingRoots()
        var older = WaitingRoots()
        var names = LatestNames()
    }

    private let state = Mutex(State())
    /// Salts hashes of traces, so that no sender can aim at the place of another trace.
    private let salt = UInt64.random(in: .min ... .max)

    /// Takes what a body brings.
    ///
    /// - Parameters:
    ///   - roots: Its root spans.
    ///   - calls: Its calls and aggregates.
    /// - Returns: Roots of this body or of earlier ones whose traces have calls.
    func take(_ roots: RootSpans, _ calls: Span<ModelCall>) -> [TraceRoot] {
        guard !roots.roots.isEmpty || !calls.isEmpty else { return [] }
        return state.withLock { state in
            var found: [TraceRoot] = []
            for index in calls.indices {
                let hash = hash(calls[index].identity.traceIDHigh, calls[index].identity.traceIDLow)
                guard state.traces[Self.place(hash)] != hash else { continue }
                state.traces[Self.place(hash)] = hash
                if let root = state.newer.take(hash, &state.names) ?? state.older.take(hash, &state.names) {
                    found.append(root)
                }
            }
            for root in roots.roots {
                let hash = hash(root.traceIDHigh, root.traceIDLow)
                let name = roots.names.span.extracting(root.name)
                if state.traces[Self.place(hash)] == hash {
                    if let root = TraceRoot(root, state.names.name(name)) { found.append(root) }
                } else {
                    if state.newer.count >= Self.waitingRoots {
                        swap(&state.newer, &state.older)
                        state.newer = WaitingRoots()
                    }
                    state.newer.append(hash, root, name)
                }
            }
            return found
        }
    }

    private func hash(_ high: UInt64, _ low: UInt64) -> UInt64 {
        // Never 0, which is that of no trace.
        mix64(high ^ salt, mix64(low ^ 0xE703_7ED1_A0B4_28DB, salt | 1) | 1) | 1 << 63
    }

    private static func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (tracesWithCalls - 1) }

    /// The traces with calls that are remembered, a power of two: 512 KiB.
    private static let tracesWithCalls = 65_536
    /// The roots that wait in each half of the memory: some 3 MB if their names have 20 bytes.
    private static let waitingRoots = 32_768
}

/// Roots whose traces have no call so far.
private struct WaitingRoots {
    private var index = HashIndex()
    private var roots: [RootSpans.Root] = []
    private var names: [UInt8] = []

    var count: Int { roots.count }

    /// Adds a root; of several with one trace the first is kept.
    mutating func append(_ hash: UInt64, _ root: RootSpans.Root, _ name: Span<UInt8>) {
        guard index.number(of: hash) == nil else { return }
        _ = index.append(hash)
        var root = root
        let start = names.count
        names.append(name)
        root.name = start..<names.count
        roots.append(root)
    }

    /// The root of a trace, which is given out once.
    mutating func take(_ hash: UInt64, _ latest: inout LatestNames) -> TraceRoot? {
        guard count > 0, let number = index.number(of: hash) else { return nil }
        let root = roots[Int(number)]
        roots[Int(number)].name = 0..<0
        return TraceRoot(root, latest.name(names.span.extracting(root.name)))
    }
}

/// The latest names of roots: most roots have one of a few names, and need no text of their own.
private struct LatestNames {
    private var entries = [(hash: UInt64, name: String)](repeating: (0, ""), count: Self.size)
    private let salt = UInt64.random(in: .min ... .max)

    /// The kept name for the bytes that a sender chose.
    mutating func name(_ bytes: Span<UInt8>) -> String {
        let hash = bytes.hash(at: 0, length: bytes.count, salt: salt)
        let index = Int(truncatingIfNeeded: hash) & (Self.size - 1)
        if entries[index].hash != hash { entries[index] = (hash, DimensionText.name(bytes)) }
        return entries[index].name
    }

    /// A power of two.
    private static let size = 256
}

extension TraceRoot {
    /// A root with the name that is kept; `nil` if that is empty.
    fileprivate init?(_ root: RootSpans.Root, _ name: String) {
        guard !name.isEmpty else { return nil }
        self.init(
            high: root.traceIDHigh, low: root.traceIDLow, name: name, start: root.startNanoseconds,
            end: root.endNanoseconds)
    }
}
