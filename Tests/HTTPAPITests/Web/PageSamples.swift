// SPDX-License-Identifier: Apache-2.0
@testable import CallMetrics
import OTLP
import Overview
import Pricing

@testable import HTTPAPI

/// Pages to look at in tests.
enum PageSamples {
    /// 27 November 2026, 17:40:12 UTC.
    static let now: UInt64 = 1_795_801_212_000_000_000
    private static let minute: UInt64 = 60_000_000_000

    static func dollars(_ text: String) -> Dollars { (try? Dollars(text)) ?? .zero }

    static func page(_ overview: Overview?, host: String? = "costs.example:9464") -> LandingPage {
        LandingPage(
            telemetryPath: "/metrics", version: "1.2.3",
            sending: SendingHelp(authority: host, listener: try? ListenAddress(":4318")), overview: overview)
    }

    static func overview(models: [ModelFigures] = [], services: [ServiceFigures] = []) -> Overview {
        let cost = models.reduce(Dollars.zero) { $0 + $1.sum.cost }
        // Growing figures, and one hour without any.
        let hours = (0..<24).map { index in
            let share = index == 7 ? Dollars.zero : cost.scaled(by: Int64(index + 1), over: 300)
            return Overview.Hour(hour: (index + 18) % 24, sum: PeriodSum(calls: Int64(index), cost: share))
        }
        return Overview(
            nanoseconds: now, sinceNanoseconds: now - 93 * minute, zone: .utc,
            today: PeriodSum(calls: models.isEmpty ? 0 : 1_234, cost: cost.scaled(by: 1, over: 3)),
            hours: models.isEmpty ? hours.map { Overview.Hour(hour: $0.hour, sum: PeriodSum()) } : hours,
            models: models,
            services: services, book: Overview.Book(version: "2026-11-21.1", day: 20_778))
    }

    static func model(_ name: String, _ provider: String, cost: String, row: Int = 0) -> ModelFigures {
        var sum = ModelSum(row: row)
        (sum.calls, sum.failures) = (1_240, 17)
        (sum.input, sum.cached, sum.output) = (4_812_345, 3_100_000, 123_456_789)
        sum.cost = dollars(cost)
        sum.saved = dollars("0.25")
        let price = ModelPrice.tokens(
            input: try? Rate(dollarsPerMillion: "2.5"), output: try? Rate(dollarsPerMillion: "10"))
        return ModelFigures(model: name, provider: provider, sum: sum, price: price)
    }

    /// A page with figures of every kind.
    static var filled: LandingPage {
        var unpriced = ModelSum(row: 2)
        (unpriced.calls, unpriced.unpriced, unpriced.input, unpriced.output) = (3, 3, 900, 90)
        let models = [
            model("gpt-4o-mini", "openai", cost: "0.0042", row: 1), model("gpt-4o", "openai", cost: "1234.5678"),
            ModelFigures(model: "in-house-7b", provider: "", sum: unpriced),
            ModelFigures(model: "llama-3", provider: "vllm", sum: ModelSum(row: 3), price: .machines),
        ]
        let services = [
            ServiceFigures(name: "checkout", lastNanoseconds: now - 3_000_000_000),
            ServiceFigures(name: "nightly-report", lastNanoseconds: now - 11 * 60 * minute),
        ]
        var page = page(overview(models: models, services: services))
        page.unpriced = UnpricedList(
            priceBook: "2026-11-21.1", limit: 200,
            entries: [
                UnpricedList.Entry(
                    model: "in-house-7b", provider: "", reason: "unknown_model", firstNanoseconds: now - 90 * minute,
                    lastNanoseconds: now - 2 * minute, requests: 3, tokens: [("input", 900), ("output", 90)], units: [])
            ])
        page.unread = []
        page.refused = [
            RefusedRequests.Entry(
                listener: .otlp, kind: .busy, status: 503, count: 1, lastNanoseconds: now - minute, peer: "10.0.0.7",
                path: "/v1/traces", contentType: "application/x-protobuf",
                reason: "bodies in progress would exceed 1000 bytes (otlp.max_inflight_bytes)",
                remedy: "send this one again in a second"),
            RefusedRequests.Entry(
                listener: .otlp, kind: .http2, status: nil, count: 1_234, lastNanoseconds: now - 4 * minute,
                peer: "10.0.0.8",
                reason: "this address takes OTLP over HTTP, not gRPC",
                remedy: "set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"),
        ]
        page.otherSignals = [
            OtherSignals.Sender(signal: .metrics, service: "checkout", bodies: 12),
            OtherSignals.Sender(signal: .logs, service: "", bodies: 3),
        ]
        return page
    }

    /// A page for each state in which people may see it, by its name.
    static var states: [String: LandingPage] {
        let shop = ServiceFigures(name: "shop", lastNanoseconds: now)
        var refusing = page(overview())
        (refusing.refused, refusing.otherSignals) = (filled.refused, filled.otherSignals)
        var unpriced = ModelSum(row: 0)
        (unpriced.calls, unpriced.unpriced, unpriced.input, unpriced.output) = (3, 3, 900, 90)
        var failed = ModelSum(row: 0)
        (failed.calls, failed.failures) = (40, 40)
        var free = page(overview(models: [ModelFigures(model: "own", provider: "", sum: unpriced)]))
        free.unpriced = filled.unpriced
        return [
            "no figures": page(nil), "empty": page(overview()), "refusing": refusing,
            "no calls": page(overview(services: [shop])), "filled": filled,
            "many models": page(
                overview(models: (0..<100).map { model("model-\($0)", "provider", cost: "\(100 - $0)", row: $0) })),
            "no prices": free,
            "all failures": page(overview(models: [ModelFigures(model: "gpt-4o", provider: "openai", sum: failed)])),
            "odd names": named(hostile), "long names": named(String(repeating: "abcdefghij", count: 25)),
            "right to left": named("\u{5E9}\u{5DC}\u{5D5}\u{5DD} (gpt) \u{202E}4o"),
        ]
    }

    /// A name that would be markup if it were not escaped.
    static let hostile = #"<script>alert('x')</script>"&amp;<img src=x onerror=y>"#

    /// A page on which everything that a sender may name has one name.
    static func named(_ name: String) -> LandingPage {
        var page = page(
            overview(
                models: [model(name, name, cost: "1")], services: [ServiceFigures(name: name, lastNanoseconds: 1)]),
            host: name)
        page.refused = [
            RefusedRequests.Entry(
                listener: .web, kind: .path, status: 404, count: 1, lastNanoseconds: 1, peer: name, path: name,
                contentType: name, reason: name, remedy: name)
        ]
        page.otherSignals = [OtherSignals.Sender(signal: .logs, service: name, bodies: 1)]
        page.unread = [UnreadUsage.Scope(name: name, spans: 1, keys: [name])]
        page.unpriced = UnpricedList(
            priceBook: name, limit: 1,
            entries: [
                UnpricedList.Entry(
                    model: name, provider: name, reason: name, firstNanoseconds: 0, lastNanoseconds: 0, requests: 1,
                    tokens: [], units: [])
            ])
        return page
    }
}
