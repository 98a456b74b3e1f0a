// SPDX-License-Identifier: Apache-2.0
import HummingbirdCore
import Ingest
import OTLP

/// The paths of the OTLP listener, each with the signal that a POST to it brings.
///
/// - SeeAlso: OTLP specification 1.9.0, OTLP/HTTP request (https://opentelemetry.io/docs/specs/otlp/#otlphttp-request).
struct OTLPPaths: Sendable {
    /// What a POST to a path brings.
    enum Route: Sendable, Equatable {
        case traces
        /// Any signal: the root, to which a sender sends whose endpoint lacks the path.
        case unnamed
        case other(OtherSignal)

        /// The signal of a body that may have spans; `nil` for the others.
        var signalOfSpans: TelemetrySignal? {
            switch self {
            case .traces: .traces
            case .unnamed: .unnamed
            case .other: nil
            }
        }
    }

    static let traces = "/v1/traces"
    /// The paths that SDKs add to an endpoint.
    static let ends = [traces, "/v1/metrics", "/v1/logs"]

    private var routes: [String: Route] = ["/": .unnamed]

    /// - Parameter more: Further paths of traces. A path that ends in `/v1/traces` also adds the same path with `/v1/metrics`
    ///   and with `/v1/logs`.
    init(_ more: [String] = []) {
        for path in [Self.traces] + more {
            let path = Self.key(path)
            routes[path] = .traces
            guard path.hasSuffix(Self.traces) else { continue }
            let base = path.dropLast(Self.traces.count)
            for signal in [OtherSignal.metrics, .logs] {
                let beside = base + "/v1/" + signal.rawValue
                if routes[String(beside)] == nil { routes[String(beside)] = .other(signal) }
            }
        }
    }

    /// What a POST to the target of a request brings.
    ///
    /// - Parameter target: The path and query, or the whole address, as in the first line of the request. Slashes at the end
    ///   and repeated ones at the beginning are ignored.
    /// - Returns: The meaning; `nil` for an unknown path.
    func route(of target: String) -> Route? {
        if target == Self.traces { return .traces }
        return routes[Self.key(Self.path(of: target))]
    }

    /// The path in the target of a request, as sent.
    static func path(of target: String) -> String {
        guard target.utf8.first == UInt8(ascii: "/") else { return URI(target).path }
        return String(target.prefix { $0 != "?" })
    }

    /// A path without the slashes that are ignored.
    private static func key(_ path: String) -> String {
        var bytes = path.utf8[...]
        while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        while bytes.first == UInt8(ascii: "/") { bytes.removeFirst() }
        return "/" + Substring(bytes)
    }
}
