// SPDX-License-Identifier: Apache-2.0
import Notation

/// What has a price and what has none.
extension Examination {
    mutating func examinePrices() {
        let before = findings.count
        if let unpriced = answers.unpriced { noteModels(unpriced.models) } else { noteUnpricedCalls() }
        let silent = metrics.sum("llm_requests_without_usage_total")
        if silent > 0 {
            note(
                .prices, .wrong,
                "\(Self.count(silent, "call")) succeeded without reporting tokens, so their cost is unknown: "
                    + largest("llm_requests_without_usage_total", by: "model"),
                remedy:
                    "let the sender report usage; for streamed answers of OpenAI: stream_options={\"include_usage\": true}"
            )
        }
        let unread = metrics.sum("llm_cost_exporter_unread_usage_spans_total")
        if unread > 0 {
            note(
                .prices, .wrong,
                "\(Self.count(unread, "span")) with token counts under keys that are not read, by scope: "
                    + largest("llm_cost_exporter_unread_usage_spans_total", by: "scope"),
                remedy: "name the keys under 'attributes' in the settings; the log has them, once for each scope")
        }
        if findings.count == before, metrics.sum("llm_requests_total") > 0 {
            note(.prices, .ok, "every call has a price")
        }
        noteEstimates()
        noteAge()
    }

    private static let reprice = "llm-cost-exporter reprice --storage.path FOLDER --config.file FILE --from now/M"

    private mutating func noteModels(_ models: [UnpricedReading.Model]) {
        for model in models.prefix(Self.mostModels) {
            let provider = model.provider.isEmpty ? "" : " of \(model.provider)"
            let calls = Self.count(Double(model.requests), "call")
            if let cost = model.cost_at_present_prices_usd {
                note(
                    .prices, .note,
                    "\(model.model)\(provider): \(calls) came without a price, and would cost $\(cost) at the present prices",
                    remedy: hasFolder
                        ? "'\(Self.reprice)' prices those of this month" : "counters keep them without a price")
                continue
            }
            let closest = model.closest.isEmpty ? "" : " (nearest names: \(model.closest.joined(separator: ", ")))"
            note(
                .prices, .wrong, "\(model.model)\(provider): \(calls) without a price: \(model.reason)",
                remedy: model.model == OverflowValue.text
                    ? "raise limits.unpriced to see their names"
                    : "add a price file; /api/v1/unpriced has one to complete for each model\(closest)"
                        + (hasFolder ? "; '\(Self.reprice)' then prices earlier calls of this month" : ""))
        }
        if models.count > Self.mostModels {
            note(
                .prices, .wrong, "\(models.count - Self.mostModels) more models without a price",
                remedy: "see http://\(address)/api/v1/unpriced")
        }
    }

    private mutating func noteUnpricedCalls() {
        let calls = metrics.sum("llm_unpriced_requests_total")
        guard calls > 0 else { return }
        note(
            .prices, .wrong,
            "\(Self.count(calls, "call")) without a price: " + largest("llm_unpriced_requests_total", by: "model"),
            remedy: "'llm-cost-exporter prices find MODEL' shows why, and prints a price file to complete")
    }

    private mutating func noteEstimates() {
        let reasons = metrics["llm_cost_estimated_dollars_total"].filter { $0.value > 0 }
        guard !reasons.isEmpty else { return }
        let parts = reasons.map { "$\($0.text) \($0.labels["reason"] ?? "")" }.sorted().joined(separator: ", ")
        note(
            .prices, .note, "a part of the dollars is an estimate: \(parts)",
            remedy: "docs/metrics.md explains each reason; price files turn estimates into prices")
    }

    private mutating func noteAge() {
        guard let date = metrics["llm_price_book_timestamp_seconds"].first?.value, date > 0 else { return }
        let days = max(0, (answers.seconds - date) / 86_400)
        let version = metrics["llm_price_book_info"].first?.labels["version"] ?? "unknown"
        let text = "price book \(version), \(Self.count(days.rounded(.down), "day")) old"
        if days > Self.oldBookDays {
            note(
                .prices, .wrong, text,
                remedy: "install a newer version, or a newer book with 'llm-cost-exporter prices update'")
        } else {
            note(.prices, .ok, text)
        }
    }

    /// The largest number of models that are named.
    private static let mostModels = 10
    /// Providers change some price nearly every month.
    private static let oldBookDays = 90.0
}
