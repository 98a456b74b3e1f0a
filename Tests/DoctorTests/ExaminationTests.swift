// SPDX-License-Identifier: Apache-2.0
import Doctor
import Testing

@Suite struct ExaminationTests {
    /// A page on which nothing is wrong.
    private static let sound = """
        llm_cost_exporter_build_info{version="0.1.0"} 1
        llm_cost_exporter_config_last_reload_successful 1
        llm_cost_exporter_regular_scrapers 2
        llm_cost_exporter_bodies_total{outcome="accepted"} 3
        llm_cost_exporter_spans_total{outcome="counted"} 4
        llm_cost_exporter_spans_total{outcome="twin"} 1
        llm_cost_exporter_last_span_timestamp_seconds{service="checkout"} 1799999990
        llm_requests_total{model="gpt-4o",operation="chat"} 4
        llm_price_book_info{version="2026-11-28.1"} 1
        llm_price_book_timestamp_seconds 1799000000

        """

    private func examine(
        _ more: String = "", without gone: String = "-", unpriced: String = #"{"models": []}"#, refused: String? = nil,
        notReady: String? = nil, earlier: String = "", minutes: String? = nil, earlierRefusal: String? = nil
    ) throws -> [Finding] {
        let lines = Self.sound.split(separator: "\n").filter { !$0.hasPrefix(gone) }.joined(separator: "\n")
        var answers = ServiceAnswers(
            metrics: MetricsText(lines + "\n" + more), notReady: notReady,
            unpriced: UnpricedReading(Array(unpriced.utf8)), refused: RefusedReading(Array((refused ?? "").utf8)),
            seconds: 1_800_000_000)
        answers.earlier = EarlierReading(Array(earlier.utf8))
        answers.earlierMinutes = EarlierReading(Array((minutes ?? earlier).utf8))
        answers.earlierRefusal = earlierRefusal
        return Examination.findings(in: answers, at: try ServiceAddress("127.0.0.1:9464"))
    }

    @Test(arguments: [
        ("", "without a folder (--storage.path), figures are in memory only and are lost with the process"),
        ("llm_cost_exporter_storage_failed 0", "until then there are no alerts, and no history of the metrics"),
    ])
    func `figures of a service with a folder are not said to be lost with the process`(more: String, remedy: String)
        throws
    {
        let findings = try examine(more, without: "llm_cost_exporter_regular_scrapers")
        let finding = try #require(findings.first { $0.text == "nothing scrapes it regularly" })
        #expect(finding.remedy.hasSuffix(remedy), "\(finding.remedy)")
    }

    @Test func `nothing is wrong with a sound service`() throws {
        let findings = try examine()
        #expect(findings.filter { $0.level != .ok } == [])
        #expect(Set(findings.map(\.area)).isSuperset(of: [.service, .arrived, .senders, .refused, .prices, .limits]))
        #expect(FindingText.summary(of: findings) == "nothing is wrong")
        #expect(
            findings.contains {
                $0.text == "4 calls counted; of the other spans 1 report a call that another span reports too"
            })
        #expect(findings.contains { $0.text == "checkout: last span 10 s ago" })
    }

    @Test(
        arguments: [
            (
                #"llm_cost_exporter_bodies_total{outcome="malformed"} 2"#, "refused",
                "2 bodies could not be read as spans"
            ),
            (#"llm_cost_exporter_bodies_total{outcome="unsupported"} 1"#, "refused", "1 body had another content type"),
            (#"llm_cost_exporter_bodies_total{outcome="too_large"} 1"#, "refused", "1 body exceeded a limit of size"),
            (#"llm_cost_exporter_bodies_total{outcome="timed_out"} 1"#, "refused", "did not arrive in time"),
            (
                #"llm_cost_exporter_requests_refused_total{listener="otlp",reason="http2"} 5"#, "refused",
                "5 requests spoke gRPC"
            ),
            (
                #"llm_cost_exporter_requests_refused_total{listener="web",reason="wrong_port"} 1"#, "refused",
                "the port of the other listener"
            ),
            (#"llm_cost_exporter_spans_total{outcome="invalid"} 1"#, "refused", "1 span without a proper trace id"),
            (#"llm_requests_without_usage_total{model="gpt-4o",operation="chat"} 7"#, "prices", "gpt-4o (7)"),
            (#"llm_cost_exporter_unread_usage_spans_total{scope="acme.sdk"} 2"#, "prices", "acme.sdk (2)"),
            ("llm_cost_exporter_series_overflowed_total 9", "limits", "9 times a new label set found no room"),
            (#"llm_cost_exporter_label_values_overflowed_total{label="model"} 3"#, "limits", "model (3)"),
            ("llm_cost_exporter_settle_early_total 3", "limits", "3 spans were decided early"),
        ])
    func `what is wrong is told with what to do`(line: String, area: String, text: String) throws {
        let wrong = try examine(line).filter { $0.level == .wrong }
        #expect(wrong.count == 1, "\(wrong)")
        #expect(wrong.first?.area.rawValue == area)
        #expect(wrong.first?.text.contains(text) == true, "\(wrong)")
        #expect(wrong.first?.remedy.isEmpty == false)
        #expect(FindingText.summary(of: wrong) == "1 thing is wrong")
    }

    @Test(
        arguments: [
            (#"llm_cost_exporter_bodies_total{outcome="busy"} 2"#, "found no room at the moment"),
            (#"llm_cost_exporter_other_signal_bodies_total{signal="logs",scope="a"} 2"#, "of metrics or logs"),
            (#"llm_cost_estimated_dollars_total{reason="no_tier_rate"} 0.5"#, "$0.5 no_tier_rate"),
            (#"llm_request_errors_total{model="m",operation="chat",error_type="429"} 2"#, "2 calls failed: 429 (2)"),
            (#"llm_cost_exporter_usage_anomalies_total{anomaly="exclusive_cache"} 1"#, "exclusive_cache (1)"),
            (
                #"llm_cost_exporter_last_span_timestamp_seconds{service="batch"} 1799900000"#,
                "batch: last span 27 h ago"
            ),
        ])
    func `what is good to know is a note and nothing wrong`(line: String, text: String) throws {
        let findings = try examine(line)
        #expect(findings.filter { $0.level == .wrong } == [])
        #expect(findings.contains { $0.level == .note && $0.text.contains(text) }, "\(findings)")
    }

    @Test func `a service that nothing has reached says how to send to it`() throws {
        let wrong = try examine(without: "llm_cost_exporter_bodies_total").filter { $0.level == .wrong }
        #expect(wrong.map(\.text) == ["no body with spans has arrived since the start"])
        #expect(wrong.first?.remedy.contains("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == true)
    }

    @Test func `spans without a model call are wrong`() throws {
        let findings = try examine(
            #"llm_cost_exporter_spans_total{outcome="not_a_model_call"} 12"#,
            without: "llm_cost_exporter_spans_total")
        #expect(
            findings.contains {
                $0.level == .wrong && $0.text.hasPrefix("no span is a model call; of the other spans 12")
            })
    }

    @Test func `a refused reload, a service that stops, and an old price book are wrong`() throws {
        let reload = try examine(
            "llm_cost_exporter_config_last_reload_successful 0", without: "llm_cost_exporter_config")
        #expect(reload.contains { $0.level == .wrong && $0.text.hasPrefix("the last reload was refused") })
        #expect(
            try examine(notReady: "Not ready: stopping.").contains {
                $0.level == .wrong && $0.text.contains("stopping")
            })
        let old = try examine("llm_price_book_timestamp_seconds 1790000000", without: "llm_price_book_timestamp")
        #expect(old.contains { $0.level == .wrong && $0.text == "price book 2026-11-28.1, 115 days old" })
    }

    @Test func `models without a price are named with the nearest names`() throws {
        let list = """
            {"price_book": "1", "limit": 2, "models": [
            {"model": "gpt-9", "provider": "openai", "reason": "unknown_model", "requests": 2, "closest": ["openai/gpt-4o"],
             "cost_at_present_prices_usd": null},
            {"model": "m", "provider": "", "reason": "no_rate", "requests": 1, "closest": [], "cost_at_present_prices_usd": "0.5"},
            {"model": "__overflow__", "provider": "", "reason": "", "requests": 1, "closest": [],
             "cost_at_present_prices_usd": null}]}
            """
        let findings = try examine(unpriced: list).filter { $0.area == .prices }
        #expect(
            findings.map { "\($0.level.rawValue) \($0.text)" }.prefix(3) == [
                "wrong gpt-9 of openai: 2 calls without a price: unknown_model",
                "note m: 1 call came without a price, and would cost $0.5 at the present prices",
                "wrong __overflow__: 1 call without a price: ",
            ])
        #expect(findings.first?.remedy.contains("nearest names: openai/gpt-4o") == true)
        #expect(findings[2].remedy.contains("limits.unpriced"))
    }

    @Test func `without the list, the metrics name the models`() throws {
        let calls = #"llm_unpriced_requests_total{model="gpt-9",provider="openai",reason="unknown_model"} 2"#
        let findings = try examine(calls, unpriced: "<html>")
        #expect(findings.contains { $0.level == .wrong && $0.text == "2 calls without a price: gpt-9 (2)" })
        // A folder continues these counters, so that they may be about calls of long ago.
        let continued = try examine(calls + "\nllm_cost_exporter_storage_failed 0", unpriced: "<html>")
        let finding = try #require(continued.first { $0.text.contains("gpt-9 (2)") })
        #expect(finding.level == .note && finding.text == "2 calls without a price since the folder began: gpt-9 (2)")
    }

    @Test func `what counters of a folder have from before the start is nothing wrong, and said to be older`() throws {
        let counters = """
            llm_cost_exporter_storage_failed 0
            llm_requests_without_usage_total{model="gpt-4o",operation="chat"} 41
            llm_unpriced_requests_total{model="gpt-9",provider="openai",reason="unknown_model"} 2
            llm_request_errors_total{model="m",operation="chat",error_type="429"} 2
            llm_cost_estimated_dollars_total{reason="no_tier_rate"} 0.5
            """
        let list = """
            {"price_book": "1", "since": "2027-01-15T07:00:00Z", "limit": 200, "models": [
            {"model": "gpt-4o", "provider": "openai", "reason": "no_usage", "remedy": "let the sender report tokens", "requests": 3,
             "first_seen": "2027-01-15T06:59:00Z", "last_seen": "2027-01-15T06:59:58Z", "closest": [], "stub": "",
             "cost_at_present_prices_usd": null}]}
            """
        let earlier = """
            {"from": "2026-12-16T08:00:00Z", "to": "2027-01-15T07:00:00Z", "truncated": false, "rows": [
            {"model": "gpt-9", "provider": "openai", "adjusted_unpriced": 2},
            {"model": "gpt-4o", "provider": "openai", "adjusted_unpriced": 3},
            {"model": "m", "provider": null, "adjusted_unpriced": 0},
            {"model": null, "provider": "acme", "adjusted_unpriced": 1}]}
            """
        let findings = try examine(counters, unpriced: list, earlier: earlier)
        #expect(findings.filter { $0.level == .wrong } == [])
        #expect(FindingText.summary(of: findings) == "nothing is wrong")
        let notes = findings.filter { $0.level == .note }
        #expect(
            notes.map(\.text) == [
                "3 calls whose cost is not known: no_usage: gpt-4o of openai (3); they came before the start",
                "before the start, since 2026-12-16T08:00:00Z: 3 calls whose cost is not known: gpt-9 of openai (2), "
                    + "no model of acme (1)",
                "a part of the dollars since the folder began is an estimate: $0.5 no_tier_rate",
                "2 calls failed since the folder began: 429 (2)",
            ])
        #expect(notes[0].remedy == "let the sender report tokens")
        #expect(notes[1].remedy.contains("--where source:unpriced --by model,unpriced_reason"))
        let running = "; running since 2027-01-15T07:00:00Z; counts are since then unless a line says otherwise"
        #expect(findings.first?.text.hasSuffix(running) == true)
    }

    @Test func `models that the process has met as well are among those of before the start`() throws {
        let list = """
            {"price_book": "1", "since": "2027-01-15T07:00:00Z", "limit": 200, "models": [
            {"model": "both", "provider": "acme", "reason": "unknown_model", "remedy": "add a price", "requests": 3,
             "first_seen": "2027-01-15T07:10:00Z", "last_seen": "2027-01-15T07:20:00Z", "closest": [], "stub": "x",
             "cost_at_present_prices_usd": null},
            {"model": "earlier", "provider": "acme", "reason": "unknown_model", "remedy": "add a price", "requests": 3,
             "first_seen": "2027-01-15T06:50:00Z", "last_seen": "2027-01-15T06:59:00Z", "closest": [], "stub": "x",
             "cost_at_present_prices_usd": null}]}
            """
        func earlier(_ calls: Int, both: Int = 1, truncated: Bool = false, to: String = "07:00") -> String {
            """
            {"from": "2026-12-16T08:00:00Z", "to": "2027-01-15T\(to):00Z", "truncated": \(truncated), "rows": [
            {"model": "both", "provider": "acme", "adjusted_unpriced": \(both)},
            {"model": "earlier", "provider": "acme", "adjusted_unpriced": \(calls)}]}
            """
        }
        func note(_ earlier: String, minutes: String? = nil) throws -> String? {
            try examine("llm_cost_exporter_storage_failed 0", unpriced: list, earlier: earlier, minutes: minutes)
                .first { $0.text.hasPrefix("before the start") }?.text
        }
        let start = "before the start, since 2026-12-16T08:00:00Z: "
        // The list says already that its three calls came before the start.
        #expect(try note(earlier(3)) == start + "1 call whose cost is not known: both of acme (1)")
        #expect(
            try note(earlier(4)) == start + "5 calls whose cost is not known: earlier of acme (4), both of acme (1)")
        #expect(
            try note(earlier(4, truncated: true)) == start
                + "at least 5 calls whose cost is not known: earlier of acme (4), both of acme (1), and more")
        // Calls of the minute in which the process began may be its own.
        #expect(try note(earlier(3, both: 3), minutes: earlier(3, both: 0)) == nil)
        #expect(
            try note(earlier(3, both: 3), minutes: earlier(3, both: 2)) == start
                + "2 calls whose cost is not known: both of acme (2)")
        // Where sums go on for some minutes, all that the process has listed may be its own.
        #expect(try note(earlier(3, both: 3), minutes: earlier(3, both: 3, to: "07:15")) == nil)
        #expect(
            try note(earlier(3, both: 5), minutes: earlier(3, both: 5, to: "07:15")) == start
                + "2 calls whose cost is not known: both of acme (2)")
    }

    @Test func `a refused question about calls of before the start is told`() throws {
        let findings = try examine("llm_cost_exporter_storage_failed 0", earlierRefusal: "questions are closed")
        let note = try #require(findings.first { $0.text.contains("questions are closed") })
        #expect(note.level == .note)
        #expect(note.text == "calls before the start whose cost is not known cannot be named: questions are closed")
        #expect(note.remedy.contains("llm-cost-exporter report FOLDER"))
    }

    @Test func `what only senders can mend has one finding for each reason, and no price file`() throws {
        func model(_ name: String, _ reason: String, _ calls: Int) -> String {
            """
            {"model": "\(name)", "provider": "", "reason": "\(reason)", "remedy": "mend \(reason)", "requests": \(calls),
             "last_seen": "2027-01-15T07:30:00Z", "closest": [], "stub": "", "cost_at_present_prices_usd": null}
            """
        }
        let models = [model("", "no_model", 4)] + (1...5).map { model("m\($0)", "no_usage", $0) }
        let list = """
            {"price_book": "1", "since": "2027-01-15T07:00:00Z", "limit": 200, "models": [\(models.joined(separator: ","))]}
            """
        let wrong = try examine("", unpriced: list).filter { $0.level == .wrong }
        #expect(
            wrong.map(\.text) == [
                "4 calls whose cost is not known: no_model: no model (4)",
                "15 calls whose cost is not known: no_usage: m5 (5), m4 (4), m3 (3), and 2 more",
            ])
        #expect(wrong.map(\.remedy) == ["mend no_model", "mend no_usage"])
    }

    @Test func `refused requests are told with origin, reason and remedy`() throws {
        let refused = """
            {"refused": [
            {"listener": "otlp", "kind": "content_type", "count": 4, "last_seen": "2026-11-28T10:00:00Z", "peer": "10.0.0.7",
             "path": "/v1/traces", "content_type": "text/plain", "reason": "content type 'text/plain' is not accepted",
             "remedy": "send application/x-protobuf"},
            {"listener": "otlp", "kind": "busy", "count": 40, "last_seen": "2026-11-28T10:00:00Z", "peer": "", "path": "",
             "content_type": "", "reason": "no room", "remedy": "send it again"}]}
            """
        // The counters say the same, and must not be told twice.
        let findings = try examine(
            #"llm_cost_exporter_bodies_total{outcome="unsupported"} 4"#, refused: refused
        ).filter { $0.area == .refused }
        #expect(
            findings.map(\.text) == [
                "40 requests at the otlp listener: no room; the latest at 2026-11-28T10:00:00Z",
                "4 requests at the otlp listener: content type 'text/plain' is not accepted; the latest at "
                    + "2026-11-28T10:00:00Z from 10.0.0.7 to /v1/traces as text/plain",
            ])
        #expect(findings.map(\.level) == [.note, .wrong])
        #expect(findings.last?.remedy == "send application/x-protobuf")
    }

    @Test func `a list that the service withholds is told with the remedy`() throws {
        var answers = ServiceAnswers(metrics: MetricsText(Self.sound), seconds: 1_800_000_000)
        answers.withheld = [("/api/v1/refused", 421)]
        let findings = Examination.findings(in: answers, at: try ServiceAddress("127.0.0.1:9464"))
        let finding = try #require(findings.first { $0.text.contains("/api/v1/refused was answered with status 421") })
        #expect(finding.level == .note && finding.remedy.contains("web.allowed_hosts"))
    }

    @Test(arguments: [(503, Finding.Level.note), (408, .wrong)])
    func `a slow body is lost unless its sender was told to repeat it`(status: Int, level: Finding.Level) throws {
        let refused = """
            {"refused": [
            {"listener": "otlp", "kind": "slow", "status": \(status), "count": 1, "last_seen": "2026-11-28T10:00:00Z",
             "peer": "", "path": "", "content_type": "", "reason": "too slow", "remedy": "check the network"}]}
            """
        let findings = try examine("", refused: refused).filter { $0.area == .refused }
        #expect(findings.map(\.level) == [level])
    }

    @Test func `texts of senders cannot command a terminal`() throws {
        let findings = try examine("llm_cost_exporter_last_span_timestamp_seconds{service=\"\u{1B}[2J\"} 1799999990")
        #expect(FindingText.lines(of: findings).allSatisfy { !$0.text.contains("\u{1B}") })
        #expect(FindingJSON.text(of: findings).contains("\\u001b[2J"))
    }
}
