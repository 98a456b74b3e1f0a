// SPDX-License-Identifier: Apache-2.0

/// Examines what a service answered, by rules that each say what to do.
package struct Examination: Sendable {
    let answers: ServiceAnswers
    let address: ServiceAddress
    private(set) var findings: [Finding] = []

    var metrics: MetricsText { answers.metrics }

    /// Examines.
    ///
    /// - Parameters:
    ///   - answers: What the service answered.
    ///   - address: Its web listener.
    /// - Returns: The findings in the order of their areas.
    package static func findings(in answers: ServiceAnswers, at address: ServiceAddress) -> [Finding] {
        var examination = Examination(answers: answers, address: address)
        examination.examineService()
        examination.examineArrivals()
        examination.examineSenders()
        examination.examineRefusals()
        examination.examinePrices()
        examination.examineCounting()
        examination.examineLimits()
        return examination.findings
    }

    private init(answers: ServiceAnswers, address: ServiceAddress) {
        self.answers = answers
        self.address = address
    }

    mutating func note(_ area: Finding.Area, _ level: Finding.Level, _ text: String, remedy: String = "") {
        findings.append(Finding(area, level, text, remedy: remedy))
    }

    /// A number with its noun: `1 body`, `2 bodies`.
    static func count(_ number: Double, _ one: String, _ many: String? = nil) -> String {
        "\(whole(number)) \(number == 1 ? one : many ?? one + "s")"
    }

    /// A count without its fraction, of which counters have none.
    static func whole(_ number: Double) -> String {
        number.magnitude < 9e15 ? String(Int64(number)) : String(number)
    }

    /// The label values with the largest samples of a family.
    ///
    /// - Parameters:
    ///   - name: The family.
    ///   - label: The label.
    ///   - most: How many.
    /// - Returns: Such as `gpt-4o (12)`; `more` says how many are left out.
    func largest(_ name: String, by label: String, most: Int = 3) -> String {
        var sums: [String: Double] = [:]
        for sample in metrics[name] where sample.value > 0 {
            sums[sample.labels[label] ?? "", default: 0] += sample.value
        }
        let sorted = sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let named = sorted.prefix(most).map { "\($0.key.isEmpty ? "(none)" : $0.key) (\(Self.whole($0.value)))" }
        return named.joined(separator: ", ") + (sorted.count > most ? ", and \(sorted.count - most) more" : "")
    }
}

extension Examination {
    /// Whether the service keeps what it counts in a folder.
    var hasFolder: Bool { answers.hasFolder }

    /// Says of a count of calls in the metrics that it is not the process's alone: with a folder, these counters continue.
    var sinceFolder: String { hasFolder ? " since the folder began" : "" }

    /// The service itself: its version, readiness and settings.
    mutating func examineService() {
        let build = metrics["llm_cost_exporter_build_info"].first?.labels
        let since =
            answers.unpriced?.since.map { "; running since \($0); counts are since then unless a line says otherwise" }
            ?? ""
        note(
            .service, .ok,
            "llm-cost-exporter \(build?["version"] ?? "of an unknown version") at http://\(address)\(since)")
        if let sentence = answers.notReady {
            note(
                .service, .wrong, "it is not ready: \(sentence)",
                remedy: "wait for its start or shutdown to end; its log says what it waits for")
        }
        for list in answers.withheld {
            note(
                .service, .note, "\(list.path) was answered with status \(list.status), so details are missing below",
                remedy: list.status == 421
                    ? "give an IP address, or add the host name to web.allowed_hosts; until then each such question counts "
                        + "as a refused request"
                    : "ask the service itself, not a proxy in front of it")
        }
        if metrics["llm_cost_exporter_config_last_reload_successful"].contains(where: { $0.value == 0 }) {
            note(
                .service, .wrong, "the last reload was refused, so older settings or prices are in force",
                remedy: "run check-config on the settings file; the log has the mistake with file and line")
        }
        let scrapers = metrics.sum("llm_cost_exporter_regular_scrapers")
        if scrapers == 0 {
            note(
                .service, .note, "nothing scrapes it regularly",
                remedy: "add http://\(address)/metrics to Prometheus; "
                    + (hasFolder
                        ? "until then there are no alerts, and no history of the metrics"
                        : "without a folder (--storage.path), figures are in memory only and are lost with the process")
            )
        } else {
            note(.service, .ok, "\(Self.count(scrapers, "program")) scrape\(scrapers == 1 ? "s" : "") it regularly")
        }
    }
}
