// SPDX-License-Identifier: Apache-2.0

/// The page at the web door's `/`.
enum LandingPage {
    /// Writes the page.
    ///
    /// - Parameters:
    ///   - telemetryPath: Where metrics are.
    ///   - version: The service's version.
    /// - Returns: A whole HTML document.
    static func html(telemetryPath: String, version: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>llm-cost-exporter</title>
        <style>body { font-family: sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em; line-height: 1.5 }</style>
        </head>
        <body>
        <h1>llm-cost-exporter</h1>
        <p>Version \(escaped(version)). What model calls cost, from OpenTelemetry spans to Prometheus metrics.</p>
        <ul>
        <li><a href="\(escaped(telemetryPath))">Metrics</a></li>
        <li><a href="/-/healthy">Healthy</a></li>
        <li><a href="/-/ready">Ready</a></li>
        </ul>
        <p>Send spans as OTLP over HTTP, in protobuf, to <code>/v1/traces</code> on the OTLP port (4318 unless set
        otherwise): in an SDK, <code>OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf</code> and
        <code>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4318/v1/traces</code>; in a Collector, an
        <code>otlphttp</code> exporter.</p>
        </body>
        </html>

        """
    }

    private static func escaped(_ text: String) -> String {
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
