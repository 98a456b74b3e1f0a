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

    /// Takes calls as they arrive and hands on those that are to be counted.
    ///
    /// - Parameters:
    ///   - calls: The calls of one body, in its order.
    ///   - counted: Gets the calls appended that are counted now.
    /// - Returns: What became of the others.
    package func arrive(_ calls: [ModelCall], counted: inout [ModelCall]) -> BillingReport {
        var report = BillingReport()
        notebook.withLock { notebook in
            for call in calls {
                if notebook.note(call.identity) {
                    counted.append(call)
                } else {
                    report.duplicates += 1
                }
            }
        }
        return report
    }

    /// What the biller remembers, for its own health's metrics.
    package var memory: (rememberedSpans: Int, forgottenSpans: UInt64) {
        notebook.withLock { ($0.count, $0.forgotten) }
    }
}

/// The bounds of billing.
package struct BillingConfiguration: Sendable, Equatable {
    /// How many spans are remembered at least, to recognise those that are sent again; twice as many at most. Each takes
    /// 16 to 32 bytes.
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
