// SPDX-License-Identifier: Apache-2.0

extension HTTPAPIConfiguration {
    /// Checks what the types do not.
    ///
    /// - Throws: ``HTTPAPIError/badSetting(key:reason:)`` for the first setting outside its range.
    package func validate() throws(HTTPAPIError) {
        if let first = mistakes().first { throw first }
    }

    /// The settings outside their range, each as ``HTTPAPIError/badSetting(key:reason:)``.
    package func mistakes() -> [HTTPAPIError] {
        var mistakes: [HTTPAPIError] = []
        func require(_ holds: Bool, _ key: String, _ reason: @autoclosure () -> String) {
            if !holds { mistakes.append(.badSetting(key: key, reason: reason())) }
        }
        let (otlp, web) = (otlpAddress, webAddress)
        require(
            otlp.port != web.port || otlp.port == 0 || (otlp.host != nil && web.host != nil && otlp.host != web.host),
            "web.listen_address", "must have another port than otlp.listen_address, which is \(otlp)")
        require(
            Self.isPath(telemetryPath),
            "web.telemetry_path", "must begin with '/' and contain no spaces, '?', '#' or '%', not '\(telemetryPath)'")
        require(
            !telemetryPath.hasPrefix("/-/"), "web.telemetry_path",
            "must not be under '/-/', which is for the health checks")
        require(
            !telemetryPath.hasPrefix("/api/"), "web.telemetry_path",
            "must not be under '/api/', which is for programs")
        for path in tracePaths {
            require(
                Self.isPath(path) && OTLPPaths().route(of: path) == nil, "otlp.paths",
                "a path must begin with '/', contain no spaces, '?', '#' or '%', and not be served anyway; '\(path)' breaks that rule"
            )
        }
        for host in allowedHosts {
            require(
                AllowedHosts.isName(host), "web.allowed_hosts",
                "'\(host)' is no host name; write names without scheme, port and path, as in costs.example.com")
        }
        require(maxBodyBytes > 0, "otlp.max_body_bytes", "must be above 0, not \(maxBodyBytes)")
        require(
            maxInflatedBytes >= maxBodyBytes, "otlp.max_inflated_bytes",
            "must be at least otlp.max_body_bytes (\(maxBodyBytes)), not \(maxInflatedBytes)")
        require(
            maxInflightBytes == 0 || maxInflightBytes >= maxInflatedBytes, "otlp.max_inflight_bytes",
            "must be at least otlp.max_inflated_bytes (\(maxInflatedBytes)), not \(maxInflightBytes)")
        require(
            maxInflightBytes > 0 || maxInflatedBytes <= Self.mostInflight, "otlp.max_inflated_bytes",
            "must be at most \(Self.mostInflight) unless otlp.max_inflight_bytes is set, not \(maxInflatedBytes); set "
                + "otlp.max_inflight_bytes to at least as much")
        require(minBodyRate >= 0, "http.min_body_rate", "must be at least 0, not \(minBodyRate)")
        require(headerTimeout > .zero, "http.header_timeout", "must be above 0")
        require(bodyTimeout > .zero, "http.body_timeout", "must be above 0")
        require(idleTimeout > .zero, "http.idle_timeout", "must be above 0")
        require(writeTimeout > .zero, "http.write_timeout", "must be above 0")
        require(maxConnections > 1, "http.max_connections", "must be at least 2, not \(maxConnections)")
        require(webConnections > 0, "web.reserved_connections", "must be above 0, not \(webConnections)")
        require(maxAnswerBytes > 0, "web.max_answer_bytes", "must be above 0, not \(maxAnswerBytes)")
        require((0...1024).contains(workers), "otlp.workers", "must be from 0 to 1024, not \(workers)")
        require(finishRequests >= .zero, "shutdown.finish_requests", "must be at least 0")
        require(finalScrape >= .zero, "shutdown.final_scrape", "must be at least 0")
        return mistakes
    }

    /// Whether a text is a path as a request may write it.
    private static func isPath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !text.contains { "?#%".contains($0) }
    }
}
