// SPDX-License-Identifier: Apache-2.0

/// The names of the two listeners, as flags and log lines show them.
package enum ListenerName: String, Sendable {
    /// Receives spans at `POST /v1/traces`.
    case otlp
    /// Serves metrics, health checks and pages.
    case web
}
