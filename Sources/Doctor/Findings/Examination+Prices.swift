// SPDX-License-Identifier: Apache-2.0
import Notation

/// What has a price and what has none.
extension Examination {
    mutating func examinePrices() {
        let before = findings.count
        if let unpriced = answers.unpriced {
            noteModels(unpriced)
            if unpriced.since == nil { noteSilentCalls() }
        } else {
            noteUnpricedCalls()
            noteSilentCalls()
        }
        let unread = metrics.sum("llm_cost_exporter_unread_usage_spans_total")
        if unread > 0 {
            note(
                .prices, .wrong,
                "\(Self.count(unread, "span")) with token counts under keys that are not read, by scope: "
                    + largest("llm_cost_exporter_unread_usage_spans_total", by: "scope"),
                remedy: "name the keys under 'attributes' in the settings; the log has them, once for each scope")
        }
        if findings.count == before,
            metrics.sum("llm_cost_exporter_spans_total", where: { $0["outcome"] == "counted" }) > 0
        {
            note(.prices, .ok, "every call since the start has a price")
        }
        noteEarlierModels()
        noteEstimates()
        noteAge()
    }

    private mutating func noteModels(_ list: UnpricedReading) {
        // What a sender has to mend is the same for all models, and needs no price file for each.
        let sendersOwn = list.models.filter { $0.stub == "" && $0.model != OverflowValue.text }
        let models = list.models.filter { $0.stub != "" || $0.model == OverflowValue.text }
        for model in models.prefix(Self.mostModels) { note(model, isEarlier: list.isEarlier(model)) }
        if models.count > Self.mostModels {
            let rest = models.dropFirst(Self.mostModels)
            note(
                .prices, rest.allSatisfy(list.isEarlier) ? .note : .wrong, "\(rest.count) more models without a price",
                remedy: "see http://\(address)/api/v1/unpriced")
        }
        for reason in Set(sendersOwn.map(\.reason)).sorted() {
            let models = sendersOwn.filter { $0.reason == reason }.sorted {
                ($1.requests, $0.model) < ($0.requests, $1.model)
            }
            let calls = models.reduce(0) { $0 + Double($1.requests) }
            let isEarlier = models.allSatisfy(list.isEarlier)
            let names = models.prefix(3).map { "\(Self.name($0.model, $0.provider)) (\($0.requests))" }
            let more = models.count > names.count ? ", and \(models.count - names.count) more" : ""
            note(
                .prices, isEarlier ? .note : .wrong,
                "\(Self.count(calls, "call")) whose cost is not known: \(reason): \(names.joined(separator: ", "))\(more)"
                    + (isEarlier ? Self.beforeStart : ""), remedy: models.first?.remedy ?? "")
        }
    }

    /// Says of calls that they came before the process began.
    private static let beforeStart = "; they came before the start"

    private static func name(_ model: String?, _ provider: String?) -> String {
        let provider = (provider ?? "").isEmpty ? "" : " of \(provider ?? "")"
        return ((model ?? "").isEmpty ? "no model" : model ?? "") + provider
    }

    private mutating func note(_ model: UnpricedReading.Model, isEarlier: Bool) {
        let name = Self.name(model.model, model.provider)
        let calls = Self.count(Double(model.requests), "call")
        let earlier = isEarlier ? Self.beforeStart : ""
        if let cost = model.cost_at_present_prices_usd {
            note(
                .prices, .note,
                "\(name): \(calls) came without a price, and would cost $\(cost) at the present prices\(earlier)",
                remedy: hasFolder
                    ? "'\(SuggestedCommand.reprice)' prices those of this month" : "counters keep them without a price")
            return
        }
        let closest = model.closest.isEmpty ? "" : " (nearest names: \(model.closest.joined(separator: ", ")))"
        let remedy = model.remedy ?? "add a price file"
        note(
            .prices, isEarlier ? .note : .wrong, "\(name): \(calls) without a price: \(model.reason)\(earlier)",
            remedy: model.model == OverflowValue.text
                ? "raise limits.unpriced to see their names"
                : "\(remedy); /api/v1/unpriced has a price file to complete\(closest)"
                    + (hasFolder ? "; '\(SuggestedCommand.reprice)' then prices earlier calls of this month" : ""))
    }

    /// Models whose calls without a price only the folder knows, since they came before the process began.
    private mutating func noteEarlierModels() {
        if let reason = answers.earlierRefusal {
            note(
                .prices, .note, "calls before the start whose cost is not known cannot be named: \(reason)",
                remedy:
                    "'llm-cost-exporter report FOLDER --where source:unpriced --by model,unpriced_reason' reads the folder "
                    + "itself")
        }
        guard let earlier = answers.earlier else { return }
        let rows = earlier.rows.map { (name: Self.name($0.model, $0.provider), calls: earlierCalls($0)) }
            .filter { $0.calls > 0 }.sorted { ($1.calls, $0.name) < ($0.calls, $1.name) }
        guard !rows.isEmpty else { return }
        let names = rows.prefix(Self.mostModels).map { "\($0.name) (\($0.calls))" }
        let rest = rows.count - names.count
        let more = earlier.truncated ? ", and more" : rest > 0 ? ", and \(rest) more" : ""
        let calls = rows.reduce(0) { $0 + Double($1.calls) }
        note(
            .prices, .note,
            "before the start, since \(earlier.from): \(earlier.truncated ? "at least " : "")\(Self.count(calls, "call")) "
                + "whose cost is not known: \(names.joined(separator: ", "))\(more)",
            remedy:
                "'llm-cost-exporter report FOLDER --from now-30d --where source:unpriced --by model,unpriced_reason' shows "
                + "why; once a price file has a model, '\(SuggestedCommand.reprice)' prices its calls of this month")
    }

    /// The number of calls of a model before the process began; 0 if other findings name them already.
    private func earlierCalls(_ row: EarlierReading.Row) -> Int64 {
        let (model, provider) = (row.model ?? "", row.provider ?? "")
        guard let list = answers.unpriced, let listed = list.calls(of: model, provider) else {
            return row.adjusted_unpriced
        }
        guard let minutes = answers.earlierMinutes, let since = list.since else { return 0 }
        let calls = minutes.calls(of: model, provider)
        // Where only sums of quarters of an hour are kept, calls of the process may be among them.
        guard minutes.to <= since else { return max(0, calls - listed) }
        let told = list.calls(of: model, provider, where: list.isEarlier) ?? 0
        return calls > told ? calls : 0
    }

    /// The level of a finding from counters: those that a folder continues may be about calls of long ago.
    private var levelOfCounters: Finding.Level { hasFolder ? .note : .wrong }

    /// Notes calls without a price by the counters, when the service does not answer with its list.
    private mutating func noteUnpricedCalls() {
        let calls = metrics.sum("llm_unpriced_requests_total")
        guard calls > 0 else { return }
        note(
            .prices, levelOfCounters,
            "\(Self.count(calls, "call")) without a price\(sinceFolder): "
                + largest("llm_unpriced_requests_total", by: "model"),
            remedy: "'llm-cost-exporter prices find MODEL' shows why, and prints a price file to complete")
    }

    /// Notes calls without usage by the counters, when no list has them.
    private mutating func noteSilentCalls() {
        let silent = metrics.sum("llm_requests_without_usage_total")
        guard silent > 0 else { return }
        note(
            .prices, levelOfCounters,
            "\(Self.count(silent, "call")) succeeded without reporting tokens\(sinceFolder), so their cost is unknown: "
                + largest("llm_requests_without_usage_total", by: "model"),
            remedy:
                "let the sender report usage; for streamed answers of OpenAI: stream_options={\"include_usage\": true}"
        )
    }

    private mutating func noteEstimates() {
        let reasons = metrics["llm_cost_estimated_dollars_total"].filter { $0.value > 0 }
        guard !reasons.isEmpty else { return }
        let parts = reasons.map { "$\($0.text) \($0.labels["reason"] ?? "")" }.sorted().joined(separator: ", ")
        note(
            .prices, .note, "a part of the dollars\(sinceFolder) is an estimate: \(parts)",
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
