// SPDX-License-Identifier: Apache-2.0
import CallMetrics

/// The page at the web listener's `/`.
enum LandingPage {
    /// Writes the page.
    ///
    /// - Parameters:
    ///   - telemetryPath: Where metrics are.
    ///   - version: The service's version.
    ///   - unpriced: The calls without a price.
    ///   - unread: The instrumentation scopes whose usage was not read.
    /// - Returns: A whole HTML document.
    static func html(
        telemetryPath: String, version: String, unpriced: UnpricedList? = nil, unread: [UnreadUsage.Scope]? = nil
    ) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>llm-cost-exporter</title>
        <style>
        body { font-family: sans-serif; max-width: 60em; margin: 3em auto; padding: 0 1em; line-height: 1.5 }
        th, td { text-align: left; vertical-align: top; padding-right: 1.5em }
        </style>
        </head>
        <body>
        <h1>llm-cost-exporter</h1>
        <p>Version \(escaped(version)). The cost of model calls, from OpenTelemetry spans to Prometheus metrics.</p>
        <ul>
        <li><a href="\(escaped(telemetryPath))">Metrics</a></li>
        <li><a href="/-/healthy">Healthy</a></li>
        <li><a href="/-/ready">Ready</a></li>
        <li><a href="\(WebPages.unpricedPath)">Calls without a price</a> (JSON)</li>
        </ul>
        \(unpriced.map(UnpricedTable.html(of:)) ?? "")
        \(unread.map(UnreadTable.html(of:)) ?? "")
        <p>Send spans as OTLP over HTTP, in protobuf, to <code>/v1/traces</code> on the OTLP port (4318 unless set
        otherwise): in an SDK, <code>OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf</code> and
        <code>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4318/v1/traces</code>; in a Collector, an
        <code>otlphttp</code> exporter.</p>
        </body>
        </html>

        """
    }

    /// Text as HTML, in elements and attributes.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { html, character in
            switch character {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            default: html.append(character)
            }
        }
    }
}
