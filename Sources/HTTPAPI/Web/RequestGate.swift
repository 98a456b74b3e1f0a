// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPTypes

/// Refuses requests to the web listener before their row is looked up: those under a foreign host name, and spans.
struct RequestGate: Sendable {
    let hosts: AllowedHosts
    let paths: OTLPPaths
    /// Where metrics are; they answer under any name.
    let telemetryPath: String
    /// The port of the OTLP listener; 0 if the system chooses it and has not yet.
    let otlpPort: @Sendable () -> Int
    let refusals: RefusalLog
    let events: ConnectionEvents

    /// - Parameter request: Any request.
    /// - Returns: The refusal; `nil` for a request that goes on to its row.
    func refuse(_ request: WebRequest) -> Answer? {
        if request.method == .post, paths.route(of: request.target) != nil {
            let refusal = Refusal.wrongPort(path: request.path, otlpPort: otlpPort())
            events.count(.wrongPort)
            refusals.note(refusal, from: request.origin)
            return refusal.answer(in: request.encodingOfRefusal)
        }
        guard request.path != telemetryPath, !request.path.hasPrefix("/-/"), !hosts.contain(request.authority) else {
            return nil
        }
        events.count(.host)
        let host = Refusal.excerpt(request.authority ?? "")
        let remedy = "name it under web.allowed_hosts in the settings, or use an IP address or localhost"
        refusals.note(
            .host, status: .misdirectedRequest, from: request.origin,
            ("pages do not answer under the host name '\(host)'", remedy))
        return .line(
            "Pages do not answer under the host name \(host): \(remedy).", status: .misdirectedRequest)
    }
}
