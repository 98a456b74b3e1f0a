// SPDX-License-Identifier: Apache-2.0

/// What was refused, why, and what to do.
extension Examination {
    /// Why bodies are refused, by the `outcome` of `llm_cost_exporter_bodies_total`.
    private static let bodies: [(outcome: String, level: Finding.Level, reason: String, remedy: String)] = [
        (
            "malformed", .wrong, "could not be read as spans",
            "check what sends them: the content type must say the encoding, protobuf or JSON, and the body must be an "
                + "ExportTraceServiceRequest; 'llm-cost-exporter explain FILE' names the damaged byte of a recorded body"
        ),
        (
            "unsupported", .wrong, "had another content type or encoding",
            "send application/x-protobuf or application/json, with gzip or without; in an SDK: "
                + "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
        ),
        (
            "too_large", .wrong, "exceeded a limit of size",
            "send smaller batches (in a Collector: send_batch_max_size), or raise otlp.max_body_bytes, "
                + "otlp.max_inflated_bytes or otlp.max_spans_per_body"
        ),
        (
            "timed_out", .wrong, "did not arrive in time",
            "check the network; http.body_timeout and http.min_body_rate are the limits"
        ),
        (
            "busy", .note, "found no room at the moment",
            "nothing is lost while senders repeat; if it goes on, raise otlp.max_inflight_bytes or otlp.workers"
        ),
        ("interrupted", .note, "broke off, because the sender went away", "check the sender's own timeout"),
        (
            "unsynced", .note, "could not be stored at the moment",
            "see the log, which has the error of the system"
        ),
    ]

    /// Why other requests are refused, by the `reason` of `llm_cost_exporter_requests_refused_total`.
    private static let requests: [(reason: String, text: String, remedy: String)] = [
        ("path", "had an unknown path", "send spans to /v1/traces, or add the path to otlp.paths"),
        ("method", "had another method than POST", "send spans with POST"),
        (
            "signal", "brought metrics or logs",
            "set OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none in the application"
        ),
        ("body", "brought metrics or logs that could not be received", "see the log"),
        (
            "wrong_port", "used the port of the other listener",
            "send spans to the OTLP listener (default port 4318), and scrape the web listener (default port 9464)"
        ),
        (
            "http2", "spoke gRPC",
            "set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, or use a Collector's otlphttp exporter"
        ),
        ("tls", "spoke TLS", "write http:// in the endpoint, or put a proxy with TLS in front"),
        ("host", "used a host name that is not allowed", "add the name to web.allowed_hosts"),
    ]

    mutating func examineRefusals() {
        let before = findings.count
        if let refused = answers.refused {
            for kind in refused.refused.sorted(by: { ($1.count, $0.kind) < ($0.count, $1.kind) }) { note(kind) }
        } else {
            for kind in Self.bodies {
                let count = metrics.sum("llm_cost_exporter_bodies_total") { $0["outcome"] == kind.outcome }
                guard count > 0 else { continue }
                note(.refused, kind.level, "\(Self.count(count, "body", "bodies")) \(kind.reason)", remedy: kind.remedy)
            }
            for kind in Self.requests {
                let count = metrics.sum("llm_cost_exporter_requests_refused_total") { $0["reason"] == kind.reason }
                guard count > 0 else { continue }
                note(.refused, .wrong, "\(Self.count(count, "request")) \(kind.text)", remedy: kind.remedy)
            }
        }
        let invalid = metrics.sum("llm_cost_exporter_spans_total") { $0["outcome"] == "invalid" }
        // The list has a kind of its own for them.
        if invalid > 0, answers.refused?.refused.contains(where: { $0.kind == "spans" }) != true {
            note(
                .refused, .wrong, "\(Self.count(invalid, "span")) without a proper trace id or span id",
                remedy: "check what made these spans; an SDK gives every span both ids")
        }
        let broken = metrics.sum("llm_cost_exporter_bad_requests_total")
        if broken > 0 {
            note(
                .refused, .note, "\(Self.count(broken, "request")) broke the rules of HTTP/1",
                remedy: "often a scanner, or a client that speaks TLS or gRPC to this port")
        }
        if findings.count == before { note(.refused, .ok, "nothing was refused") }
    }

    private mutating func note(_ kind: RefusedReading.Kind) {
        // Senders repeat these by themselves; a slow body may have had 408 instead, after which they drop it.
        let isRepeated = ["busy", "unsynced"].contains(kind.kind) || kind.kind == "slow" && kind.status == 503
        let origin = [
            kind.peer.isEmpty ? "" : "from \(kind.peer)", kind.path.isEmpty ? "" : "to \(kind.path)",
            kind.content_type.isEmpty ? "" : "as \(kind.content_type)",
        ].filter { !$0.isEmpty }.joined(separator: " ")
        let latest = "the latest at \(kind.last_seen)" + (origin.isEmpty ? "" : " \(origin)")
        note(
            .refused, isRepeated ? .note : .wrong,
            "\(Self.count(Double(kind.count), "request")) at the \(kind.listener) listener: \(kind.reason); \(latest)",
            remedy: kind.remedy)
    }
}
