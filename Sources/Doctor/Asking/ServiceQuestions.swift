// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Asks a running service for all that an examination needs.
package struct ServiceQuestions: Sendable {
    private let address: ServiceAddress
    private let telemetryPath: String
    private let agent: String
    private let limits: PlainHTTP.Limits

    /// Makes the questions.
    ///
    /// - Parameters:
    ///   - address: The service's web listener.
    ///   - telemetryPath: The path of its metrics.
    ///   - agent: The `User-Agent`.
    ///   - limits: The bounds of each request.
    package init(
        address: ServiceAddress, telemetryPath: String, agent: String, limits: PlainHTTP.Limits = PlainHTTP.Limits()
    ) {
        self.address = address
        self.telemetryPath = telemetryPath
        self.agent = agent
        self.limits = limits
    }

    /// Asks.
    ///
    /// - Parameter clock: The time here, in seconds since 1970 (UTC), for a service that does not tell its own.
    /// - Returns: All answers.
    /// - Throws: ``NoServiceError`` if there is no such service at the address.
    package func ask(clock: Double) throws(NoServiceError) -> ServiceAnswers {
        let page = try get(telemetryPath)
        guard page.status == 200 else { throw NoServiceError(address, Self.reason(page, telemetryPath)) }
        let metrics = MetricsText(page.text) { $0.hasPrefix("llm_") && !$0.hasSuffix("_bucket") }
        guard metrics.has("llm_cost_exporter_build_info") || metrics.has("llm_cost_exporter_bodies_total") else {
            throw NoServiceError(
                address,
                "\(telemetryPath) is the page of another program; give the address of the web listener of "
                    + "llm-cost-exporter, which its log names: msg=listening door=web address=…")
        }
        let ready = try get("/-/ready")
        var answers = ServiceAnswers(metrics: metrics, seconds: Self.seconds(of: page) ?? clock)
        if ready.status != 200 {
            answers.notReady = ready.text.split(separator: "\n").first.map(String.init) ?? "status \(ready.status)"
        }
        answers.unpriced = try list("/api/v1/unpriced", &answers.withheld).flatMap { UnpricedReading($0) }
        answers.refused = try list("/api/v1/refused", &answers.withheld).flatMap { RefusedReading($0) }
        if answers.hasFolder, let list = answers.unpriced, let since = list.since {
            answers.earlier = earlier(than: since, &answers.earlierRefusal)
            let isListed = answers.earlier?.rows.contains { list.calls(of: $0.model ?? "", $0.provider ?? "") != nil }
            // Periods are of whole minutes.
            if isListed == true {
                answers.earlierMinutes = earlier(than: since.prefix(16) + ":00Z", &answers.earlierRefusal)
            }
        }
        return answers
    }

    /// Asks the folder for calls without a price from before the start of the process.
    ///
    /// Such a question is answered quickly, from sums of quarters of an hour.
    ///
    /// - Parameters:
    ///   - end: The end of their time, in UTC.
    ///   - refusal: Gets why the service does not say which they are.
    /// - Returns: The calls of the last 30 days; `nil` if the service does not say.
    private func earlier(than end: String, _ refusal: inout String?) -> EarlierReading? {
        let question =
            "/api/v1/costs?from=now-30d&to=\(end)&tz=UTC&where=source:unpriced&group_by=model,provider"
            + "&measures=adjusted_unpriced&order_by=-adjusted_unpriced"
        do throws(NoServiceError) {
            let answer = try get(question)
            guard answer.status == 200 else {
                refusal = QuestionRefusal.reason(in: answer)
                return nil
            }
            let reading = EarlierReading(answer.body)
            if reading == nil { refusal = "the answer is not understood" }
            return reading
        } catch {
            refusal = "no answer came to the question"
            return nil
        }
    }

    /// A list of the service; `nil` if it answers with another status than 200, which is noted.
    private func list(
        _ path: String, _ withheld: inout [(path: String, status: Int)]
    ) throws(NoServiceError) -> [UInt8]? {
        let answer = try get(path)
        if answer.status == 200 { return answer.body }
        withheld.append((path, answer.status))
        return nil
    }

    private func get(_ path: String) throws(NoServiceError) -> HTTPAnswer {
        do throws(AskingError) {
            return try PlainHTTP.get(path, at: address, agent: agent, limits: limits)
        } catch {
            throw NoServiceError(address, "\(error)")
        }
    }

    private static func reason(_ page: HTTPAnswer, _ path: String) -> String {
        let said = page.text.split(separator: "\n").first.map { ": \($0.prefix(200))" } ?? ""
        switch page.status {
        case 404, 405:
            return "there is no page of metrics at \(path) (status \(page.status)\(said)); give the address of the web "
                + "listener, not that of the OTLP listener, or name the path with --web.telemetry-path"
        case 401, 403, 407:
            return "a proxy wants credentials (status \(page.status)); give the address of the service itself"
        default:
            return "\(path) was answered with status \(page.status)\(said); see the service's log"
        }
    }

    /// The time of the `Date` header, whose seconds are cut off.
    private static func seconds(of page: HTTPAnswer) -> Double? {
        guard let text = page.headers["date"] else { return nil }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.date(from: text)?.timeIntervalSince1970
    }
}

/// Why there is no service to examine.
package struct NoServiceError: Error, CustomStringConvertible {
    package let description: String

    init(_ address: ServiceAddress, _ reason: String) { description = "http://\(address): \(reason)" }
}
