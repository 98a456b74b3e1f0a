// SPDX-License-Identifier: Apache-2.0

/// What arrived, and from whom.
extension Examination {
    private var accepted: Double {
        metrics.sum("llm_cost_exporter_bodies_total") { ["accepted", "partial"].contains($0["outcome"]) }
    }

    mutating func examineArrivals() {
        func spans(_ outcome: String) -> Double {
            metrics.sum("llm_cost_exporter_spans_total") { $0["outcome"] == outcome }
        }
        guard accepted > 0 else {
            note(
                .arrived, .wrong, "no body with spans has arrived since the start",
                remedy: "send OTLP over HTTP to the OTLP listener, in an SDK: "
                    + "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://HOST:4318/v1/traces and "
                    + "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf; HOST and port are those in the log: "
                    + "msg=listening door=otlp address=…")
            return
        }
        let waiting = metrics.sum("llm_cost_exporter_settle_pending_spans")
        let all = metrics.sum("llm_cost_exporter_spans_total") + waiting
        let counted = spans("counted")
        note(.arrived, .ok, "\(Self.count(accepted, "body", "bodies")) with \(Self.count(all, "span"))")
        let parts = [
            (spans("twin"), "report a call that another span reports too"), (spans("duplicate"), "were sent before"),
            (spans("repeats_children"), "repeat the calls below them"),
            (spans("not_a_model_call"), "are no model calls"),
            (waiting, "still wait for other spans of their calls"),
        ].filter { $0.0 > 0 }.map { "\(Self.whole($0.0)) \($0.1)" }
        let rest = parts.isEmpty ? "" : "; of the other spans " + parts.joined(separator: ", ")
        if counted + waiting == 0 {
            note(
                .arrived, .wrong, "no span is a model call\(rest)",
                remedy:
                    "instrument the library that calls the model; 'llm-cost-exporter explain FILE' shows how each span of "
                    + "a recorded body is read, and 'attributes' in the settings names attribute keys of your own")
        } else {
            note(.arrived, .ok, "\(Self.count(counted, "call")) counted\(rest)")
        }
        if spans("unproven") > 0 {
            note(
                .arrived, .note,
                "\(Self.count(spans("unproven"), "agent")) not counted, since they began before the oldest span in memory",
                remedy: "raise billing.remembered_bytes if this goes on")
        }
        let otherSignals = metrics.sum("llm_cost_exporter_other_signal_bodies_total")
        if otherSignals > 0 {
            note(
                .arrived, .note,
                "\(Self.count(otherSignals, "body", "bodies")) of metrics or logs accepted and not kept, by scope: "
                    + largest("llm_cost_exporter_other_signal_bodies_total", by: "scope"),
                remedy: "only spans are counted; turn the others off with OTEL_METRICS_EXPORTER=none and "
                    + "OTEL_LOGS_EXPORTER=none, or leave them")
        }
    }

    mutating func examineSenders() {
        let last = metrics["llm_cost_exporter_last_span_timestamp_seconds"].sorted { $0.value > $1.value }
        for sample in last.prefix(Self.mostServices) {
            let ago = max(0, answers.seconds - sample.value)
            let name = sample.labels["service"] ?? ""
            let level: Finding.Level = ago > Self.longSilence ? .note : .ok
            note(
                .senders, level, "\(name): last span \(Self.time(ago)) ago",
                remedy: level == .ok ? "" : "a service that falls silent looks like savings; check that it still sends")
        }
        if last.count > Self.mostServices {
            note(.senders, .ok, "and \(last.count - Self.mostServices) more services that sent earlier")
        }
    }

    /// The largest number of services that are named.
    private static let mostServices = 10
    /// The seconds after which silence is worth a look.
    private static let longSilence = 3_600.0

    /// A duration in its largest unit, cut off.
    static func time(_ seconds: Double) -> String {
        for (unit, length) in [("d", 86_400.0), ("h", 3_600.0), ("min", 60.0)] where seconds >= 2 * length {
            return "\(whole((seconds / length).rounded(.down))) \(unit)"
        }
        return "\(whole(seconds.rounded(.down))) s"
    }
}
