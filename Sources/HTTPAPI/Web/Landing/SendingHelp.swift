// SPDX-License-Identifier: Apache-2.0
import Pages

/// The section of the landing page with the settings with which senders send to this service.
struct SendingHelp {
    /// The host of the address that receives spans, as the reader of the page can reach it.
    let host: String
    let port: Int
    /// Whether spans are received from this machine only.
    let isLocal: Bool

    /// Makes the section for the reader of a page.
    ///
    /// - Parameters:
    ///   - authority: The `Host` of the request, which a sender chooses: anything but a host name or an IP address, with or
    ///     without a port, is replaced by `localhost`.
    ///   - listener: The address of the OTLP listener; `nil` before it is open.
    init(authority: String?, listener: ListenAddress?) {
        host = authority.flatMap(Self.host(of:)) ?? "localhost"
        port = listener?.port ?? 4318
        isLocal = listener?.isLoopback ?? false
    }

    /// The address that receives spans.
    var endpoint: String { "http://\(host):\(port)/v1/traces" }

    /// The host of an authority, an IPv6 address in brackets; `nil` for text that is none.
    static func host(of authority: String) -> String? {
        guard authority.utf8.count <= 255 else { return nil }
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let address = authority[authority.index(after: authority.startIndex)..<end]
            let isAddress = !address.isEmpty && address.utf8.allSatisfy { isHexDigit($0) || ":.".utf8.contains($0) }
            return isAddress && isPort(authority[authority.index(after: end)...]) ? "[\(address)]" : nil
        }
        let host = authority.prefix { $0 != ":" }
        let isName = !host.isEmpty && host.utf8.allSatisfy { isLetterOrDigit($0) || "-._".utf8.contains($0) }
        return isName && isPort(authority[host.endIndex...]) ? String(host) : nil
    }

    /// Whether a text is empty or `:` and digits.
    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || (text.first == ":" && text.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) })
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & 0xDF)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
    }

    /// Writes the section.
    ///
    /// - Parameter now: The time now, in nanoseconds since 1970 (UTC), for the span to try with.
    /// - Returns: HTML.
    func html(now: UInt64) -> String {
        let local =
            isLocal
            ? "<p class=\"warning\">This service receives spans from its own machine only; to send from another one, set "
                + "<code>otlp.listen_address</code> to <code>:\(port)</code>.</p>\n"
            : ""
        return PageParts.section(
            "send", "Send spans to this address",
            """
            \(local)<p>From an OpenTelemetry SDK, in the environment of the application:</p>
            <pre tabindex="0"><code>\(HTMLText.escaped(environment))</code></pre>
            <p>From a Collector, in a pipeline of its own, before any sampling:</p>
            <pre tabindex="0"><code>\(HTMLText.escaped(collector))</code></pre>
            <p>To try it, one call of gpt-4o with 1,000 tokens; it is on this page ten seconds later, and the same span sent again
            is not counted twice:</p>
            <pre tabindex="0"><code>\(HTMLText.escaped(curl(now: now)))</code></pre>
            """)
    }

    private var environment: String {
        """
        export OTEL_TRACES_EXPORTER=otlp
        export OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf
        export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=\(endpoint)
        """
    }

    private var collector: String {
        """
        exporters:
          otlphttp/llm-cost:
            traces_endpoint: \(endpoint)
        service:
          pipelines:
            traces/llm-cost:
              receivers: [otlp]
              exporters: [otlphttp/llm-cost]
        """
    }

    private func curl(now: UInt64) -> String {
        let (start, end) = (now > 1_000_000_000 ? now - 1_000_000_000 : 0, now)
        let attributes = [
            #"{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}"#,
            #"{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}}"#,
            #"{"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o"}}"#,
            #"{"key":"gen_ai.usage.input_tokens","value":{"intValue":"800"}}"#,
            #"{"key":"gen_ai.usage.output_tokens","value":{"intValue":"200"}}"#,
        ]
        // Ids made of the time, so that each visit to the page offers another call.
        let digits = String(now, radix: 16)
        let id = String(repeating: "0", count: max(0, 16 - digits.count)) + digits
        return """
            curl -s \(endpoint) -H 'Content-Type: application/json' -d '{"resourceSpans":[{
              "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"first-try"}}]},
              "scopeSpans":[{"spans":[{"traceId":"\(id)\(id)","spanId":"\(id)",
              "name":"chat gpt-4o","kind":3,"startTimeUnixNano":"\(start)","endTimeUnixNano":"\(end)","attributes":[
              \(attributes.joined(separator: ",\n  "))]}]}]}]}'
            """
    }
}
