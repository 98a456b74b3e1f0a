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

    /// How 653 of 700 parts of the calls spread over the last 24 hours: a working day, and one hour without any.
    private static let weights = [
        22, 18, 14, 10, 7, 5, 3, 2, 0, 2, 3, 6, 14, 30, 52, 61, 58, 49, 47, 56, 60, 57, 48, 29,
    ]

    static func dollars(_ text: String) -> Dollars { (try? Dollars(text)) ?? .zero }

    static func page(_ overview: Overview?, host: String? = "costs.example:9464") -> LandingPage {
        LandingPage(
            telemetryPath: "/metrics", version: "1.2.3",
            sending: SendingHelp(authority: host, listener: try? ListenAddress(":4318")), overview: overview)
    }

    static func overview(models: [ModelFigures] = [], services: [ServiceFigures] = []) -> Overview {
        let cost = models.reduce(Dollars.zero) { $0 + $1.sum.cost }
        let calls = models.reduce(0) { $0 + $1.sum.calls }
        func part(_ weight: Int) -> PeriodSum {
            PeriodSum(calls: calls * Int64(weight) / 700, cost: cost.scaled(by: Int64(weight), over: 700))
        }
        return Overview(
            nanoseconds: now, sinceNanoseconds: now - 26 * 60 * minute, zone: .utc,
            today: part(weights[6...].reduce(0, +)),
            hours: weights.enumerated().map { Overview.Hour(hour: ($0 + 18) % 24, sum: part($1)) },
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

    /// A model of a page that people look at: its calls, failures, tokens and dollars fit together.
    private static func model(
        _ name: String, _ provider: String, row: Int, calls: (all: Int64, failed: Int64),
        tokens: (input: Int64, cached: Int64, output: Int64), cost: String, saved: String = "0",
        rates: (String, String?)
    ) -> ModelFigures {
        var sum = ModelSum(row: row)
        (sum.calls, sum.failures) = calls
        (sum.input, sum.cached, sum.output) = tokens
        (sum.cost, sum.saved) = (dollars(cost), dollars(saved))
        let price = ModelPrice.tokens(
            input: try? Rate(dollarsPerMillion: rates.0), output: rates.1.flatMap { try? Rate(dollarsPerMillion: $0) })
        return ModelFigures(model: name, provider: provider, sum: sum, price: price)
    }

    /// A page with figures of every kind.
    static var filled: LandingPage {
        var unpriced = ModelSum(row: 5)
        (unpriced.calls, unpriced.unpriced, unpriced.input, unpriced.output) = (3, 3, 900, 90)
        var hosted = ModelSum(row: 4)
        (hosted.calls, hosted.input, hosted.output, hosted.cost) = (5_120, 9_830_400, 1_126_400, dollars("62.40"))
        let models = [
            model(
                "gpt-4o", "openai", row: 0, calls: (41_280, 212),
                tokens: (118_400_000, 61_000_000, 14_200_000), cost: "361.75", saved: "76.25", rates: ("2.5", "10")),
            model(
                "claude-sonnet-4-5", "anthropic", row: 1, calls: (18_904, 61),
                tokens: (96_200_000, 70_100_000, 6_100_000), cost: "190.83", saved: "189.27", rates: ("3", "15")),
            model(
                "gpt-4o-mini", "openai", row: 2, calls: (212_407, 1_034),
                tokens: (402_000_000, 120_000_000, 31_000_000), cost: "69.90", saved: "9", rates: ("0.15", "0.6")),
            ModelFigures(model: "llama-3.3-70b", provider: "vllm", sum: hosted, price: .machines),
            model(
                "text-embedding-3-small", "openai", row: 3, calls: (5_310, 0), tokens: (4_210_000, 0, 0),
                cost: "0.0842", rates: ("0.02", nil)),
            ModelFigures(model: "in-house-7b", provider: "", sum: unpriced),
        ]
        let services = [
            ServiceFigures(name: "checkout", lastNanoseconds: now - 3_000_000_000),
            ServiceFigures(name: "support-bot", lastNanoseconds: now - 41_000_000_000),
            ServiceFigures(name: "nightly-report", lastNanoseconds: now - 11 * 60 * minute),
        ]
        var page = page(overview(models: models, services: services))
        page.reprice = "llm-cost-exporter reprice --storage.path /srv/ledger --from now/M"
        page.unpriced = UnpricedList(
            priceBook: "2026-11-21.1", limit: 200, since: now - 26 * 60 * minute,
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
                reason: "bodies in progress would exceed 268435456 bytes (otlp.max_inflight_bytes)",
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
        var silent = ModelSum(row: 0)
        (silent.calls, silent.withoutUsage) = (2, 2)
        var failed = ModelSum(row: 0)
        (failed.calls, failed.failures) = (40, 40)
        var free = page(overview(models: [ModelFigures(model: "own", provider: "", sum: unpriced)]))
        var noUsage = page(
            overview(models: [
                ModelFigures(model: "gpt-4o", provider: "openai", sum: silent),
                ModelFigures(model: "own", provider: "", sum: unpriced),
            ]))
        (free.unpriced, noUsage.unpriced) = (filled.unpriced, filled.unpriced)
        return [
            "no figures": page(nil), "empty": page(overview()), "refusing": refusing,
            "no calls": page(overview(services: [shop])), "filled": filled,
            "many models": page(
                overview(models: (0..<100).map { model("model-\($0)", "provider", cost: "\(100 - $0)", row: $0) })),
            "no prices": free,
            "no usage": noUsage,
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
