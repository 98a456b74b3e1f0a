// SPDX-License-Identifier: Apache-2.0

/// Contradictions in what was counted, and limits that were reached.
extension Examination {
    mutating func examineCounting() {
        let anomalies = metrics.sum("llm_cost_exporter_usage_anomalies_total")
        if anomalies > 0 {
            note(
                .counting, .note,
                "\(Self.count(anomalies, "contradictory or impossible number")): "
                    + largest("llm_cost_exporter_usage_anomalies_total", by: "anomaly"),
                remedy: "docs/metrics.md says how each kind is counted; 'llm-cost-exporter explain' shows the spans")
        }
        let failed = metrics.sum("llm_request_errors_total")
        if failed > 0 {
            note(
                .counting, .note,
                "\(Self.count(failed, "call")) failed\(sinceFolder): "
                    + largest("llm_request_errors_total", by: "error_type"))
        }
    }

    mutating func examineLimits() {
        let before = findings.count
        func warn(_ name: String, _ text: (String) -> String, remedy: String, level: Finding.Level = .wrong) {
            let count = metrics.sum(name)
            guard count > 0 else { return }
            note(.limits, level, text(Self.whole(count)), remedy: remedy)
        }
        warn(
            "llm_cost_exporter_series_overflowed_total",
            { "\($0) times a new label set found no room and was counted under __overflow__" },
            remedy: "raise limits.series, or drop a label with many values")
        let labels = largest("llm_cost_exporter_label_values_overflowed_total", by: "label")
        warn(
            "llm_cost_exporter_label_values_overflowed_total", { "\($0) label values became __overflow__: \(labels)" },
            remedy: "raise limits.values, limits.unknown_models or max_values of the label")
        warn(
            "llm_cost_exporter_settle_early_total",
            { "\($0) spans were decided early, because the settle window was full" },
            remedy: "raise billing.max_waiting, or lower billing.settle")
        warn(
            "llm_cost_exporter_settle_forgotten_keys_total", { "\($0) remembered ids were forgotten to make room" },
            remedy: "raise billing.remembered_bytes if duplicates come late", level: .note)
        warn(
            "llm_cost_exporter_attributes_dropped_total",
            { "\($0) attributes were ignored, because a span had too many" },
            remedy: "lower the number of attributes of a span below 1,024")
        warn(
            "llm_cost_exporter_connections_refused_total", { "\($0) connections were refused" },
            remedy: "raise http.max_connections and the limit on open files")
        warn(
            "llm_cost_exporter_log_lines_lost_total", { "\($0) lines of the log were not written" },
            remedy: "see to the reader of standard error; docs/operations.md says which lines are left out",
            level: .note)
        if findings.count == before { note(.limits, .ok, "no limit was reached") }
    }
}
