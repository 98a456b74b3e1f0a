// SPDX-License-Identifier: Apache-2.0

/// A format of the exposition.
package enum ExpositionFormat: Sendable, CaseIterable {
    /// Prometheus text 0.0.4, which every server can read.
    case prometheusText
    /// OpenMetrics text 1.0.0.
    case openMetrics

    /// The value of the `Content-Type` header.
    package var contentType: String {
        switch self {
        case .prometheusText: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// Chooses the format that a client prefers.
    ///
    /// OpenMetrics is only for clients that name it; a wildcard means Prometheus text, and so does a header that matches no
    /// format.
    ///
    /// - Parameter accept: The value of the `Accept` header, several joined by commas; `nil` without one.
    /// - Returns: The format of the answer.
    /// - SeeAlso: RFC 9110, section 12.5.1; Prometheus, "Scrape protocol content negotiation".
    package static func negotiate(accept: String?) -> ExpositionFormat {
        guard let accept else { return .prometheusText }
        let ranges = AcceptHeader.elements(of: accept)
        let openMetrics = bestMatch(ranges, specificity: openMetricsSpecificity)
        let text = bestMatch(ranges, specificity: prometheusTextSpecificity)
        guard let openMetrics, openMetrics.weight > 0 else { return .prometheusText }
        guard let text else { return .openMetrics }
        if openMetrics.weight != text.weight {
            return openMetrics.weight > text.weight ? .openMetrics : .prometheusText
        }
        if text.specificity < exact { return .openMetrics }
        return openMetrics.position < text.position ? .openMetrics : .prometheusText
    }

    private struct Match {
        var weight: Int
        var specificity: Int
        var position: Int
    }

    /// The weight that a header gives to a format: that of the most specific range, and the largest of equally specific ones.
    private static func bestMatch(
        _ ranges: [AcceptHeader.Element], specificity: (AcceptHeader.Element) -> Int?
    ) -> Match? {
        var best: Match?
        for (position, range) in ranges.enumerated() {
            guard let specificity = specificity(range) else { continue }
            let match = Match(weight: range.weight, specificity: specificity, position: position)
            if let best, (best.specificity, best.weight) >= (match.specificity, match.weight) { continue }
            best = match
        }
        return best
    }

    private static let exact = 2

    private static func openMetricsSpecificity(_ range: AcceptHeader.Element) -> Int? {
        guard range.value == "application/openmetrics-text" else { return nil }
        let version = range.parameter("version")
        return version == nil || version == "0.0.1" || version == "1.0.0" ? exact : nil
    }

    private static func prometheusTextSpecificity(_ range: AcceptHeader.Element) -> Int? {
        switch range.value {
        case "text/plain":
            let version = range.parameter("version")
            return version == nil || version == "0.0.4" ? exact : nil
        case "text/*": return 1
        case "*/*": return 0
        default: return nil
        }
    }
}
