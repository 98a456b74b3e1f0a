// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// The sections of the metrics page, in order: dollars first, the figures of the service after those of calls.
///
/// The name, kind and unit of a family select its section, so a new family needs no entry here.
enum PageSection: Int, Comparable {
    /// What calls cost, saved or would have cost.
    case money
    /// Everything else about calls and prices.
    case calls
    /// `llm_cost_exporter_…`
    case service
    /// `process_…`
    case process

    /// The section of a family.
    init(of family: MetricFamily) {
        self =
            if family.name.hasPrefix("process_") {
                .process
            } else if family.name.hasPrefix("llm_cost_exporter_") {
                .service
            } else if family.kind == .counter, family.unit == .dollars {
                .money
            } else {
                .calls
            }
    }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
