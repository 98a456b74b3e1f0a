// SPDX-License-Identifier: Apache-2.0

/// A kind of telemetry that senders address to this service and that it does not keep.
package enum OtherSignal: String, CaseIterable, Hashable, Sendable {
    case metrics
    case logs
    /// A body that holds neither spans nor anything else that the service recognises.
    case unknown
}
