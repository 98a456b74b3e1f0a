// SPDX-License-Identifier: Apache-2.0

/// The message to a sender that uses an unknown path of the OTLP listener.
enum UnknownPath {
    /// The sentence: what is wrong, and behind the first semicolon what to do.
    ///
    /// - Parameter path: The beginning of the path.
    /// - Returns: The sentence, which names the likely mistake.
    static func message(_ path: Substring) -> String {
        if let base = doubled(path) {
            return
                "\(path) is not served: the endpoint of the sender already ends in \(base), and the sender adds the path "
                + "again; set OTEL_EXPORTER_OTLP_ENDPOINT without a path, or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT with the whole one"
        }
        if path.hasPrefix("/opentelemetry.proto.collector") {
            return "\(path) is a path of gRPC, which this service does not speak; set "
                + "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf (in a Collector: the exporter otlphttp)"
        }
        if let owner = foreign[String(path)] {
            return "\(path) is a path of \(owner), whose format this service does not read; export OTLP over HTTP to "
                + OTLPPaths.traces
        }
        if pushed.contains(String(path)) {
            return "\(path) takes metrics that are pushed, which this service does not; send spans to "
                + "\(OTLPPaths.traces), and let Prometheus scrape the metrics of the web port"
        }
        return
            "\(path) is not served: this service accepts traces at \(OTLPPaths.traces); send them there, or name this path "
            + "under otlp.paths in the settings"
    }

    /// Paths to which senders of other formats send spans.
    private static let foreign = [
        "/api/traces": "Jaeger", "/api/v1/spans": "Zipkin", "/api/v2/spans": "Zipkin",
        "/v0.3/traces": "Datadog's agent",
        "/v0.4/traces": "Datadog's agent", "/v0.5/traces": "Datadog's agent",
    ]

    /// Paths of Prometheus and InfluxDB for metrics that are pushed.
    private static let pushed: Set = ["/api/v1/write", "/api/v1/push", "/write", "/api/v2/write"]

    /// The first of two paths of signals, if a path ends in one behind another; `nil` for other paths.
    private static func doubled(_ path: Substring) -> String? {
        let ends = OTLPPaths.ends
        guard let last = ends.first(where: { path.hasSuffix($0) }) else { return nil }
        return ends.first { path.dropLast(last.count).hasSuffix($0) }
    }
}
