// SPDX-License-Identifier: Apache-2.0
package import GenAI
import Synchronization

/// Billing: each call once.
///
/// Senders repeat a body when its answer was lost; a span that was met before, told by its trace id and span id, is not
/// counted again.
package final class Biller: Sendable {
    private let notebook: Mutex<Notebook>

    /// Makes a biller that has met nothing.
    ///
    /// - Parameter configuration: Its bounds.
    package init(configuration: BillingConfiguration = BillingConfiguration()) {
        notebook = Mutex(Notebook(capacity: configuration.rememberedSpans))
    }

    /// Takes calls as they arrive and leaves those that are to be counted now.
    ///
    /// - Parameter calls: The calls of one body; afterwards those of them that are counted, in the same order.
    /// - Returns: What became of the others.
    package func arrive(_ calls: inout [ModelCall]) -> BillingReport {
        let repeated = notebook.withLock { notebook in
            // By way of a span, whose elements are lent instead of copied.
            let calls = calls.span
            var repeated: [Int] = []
            var first = 0
            while first < calls.count {
                let end = min(first + Self.lookAhead, calls.count)
                // The places of a key are anywhere in megabytes: asked for together, they are fetched together.
                for index in first..<end { notebook.fetch(calls[index].identity) }
                for index in first..<end where !notebook.note(calls[index].identity) { repeated.append(index) }
                first = end
            }
            return repeated
        }
        var report = BillingReport()
        report.duplicates = repeated.count
        calls.remove(atAscending: repeated)
        return report
    }

    private static let lookAhead = 32

    /// What the biller remembers, for its own health's metrics.
    package var memory: (rememberedSpans: Int, forgottenSpans: UInt64) {
        notebook.withLock { ($0.count, $0.forgotten) }
    }
}

/// The bounds of billing.
package struct BillingConfiguration: Sendable, Equatable {
    /// How many spans are remembered at least, to recognise those that are sent again; twice as many at most.
    ///
    /// Each takes 16 to 32 bytes.
    ///
    /// Default 262,144. File key `billing.remembered_spans`.
    package var rememberedSpans = 262_144

    package init() {}
}

/// What became of calls that are not counted.
package struct BillingReport: Sendable, Equatable {
    /// Spans that had arrived before.
    package var duplicates = 0

    package init() {}
}

extension [ModelCall] {
    /// Removes the elements at some indices, each element behind them moving once.
    fileprivate mutating func remove(atAscending indices: [Int]) {
        guard var kept = indices.first else { return }
        var next = 0
        for index in kept..<count {
            if next < indices.count, indices[next] == index {
                next += 1
            } else {
                self[kept] = self[index]
                kept += 1
            }
        }
        removeLast(count - kept)
    }
}
