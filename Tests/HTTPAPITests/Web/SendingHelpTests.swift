// SPDX-License-Identifier: Apache-2.0
import Pages
import Testing

@testable import HTTPAPI

/// What to paste, made of the `Host` of the request.
@Suite struct SendingHelpTests {
    @Test(arguments: [
        ("costs.example", "costs.example"), ("costs.example:9464", "costs.example"), ("10.0.0.7:80", "10.0.0.7"),
        ("[::1]:9464", "[::1]"), ("[fe80::1]", "[fe80::1]"), ("a_b-c.d", "a_b-c.d"),
        ("", "localhost"), (":9464", "localhost"), ("x y", "localhost"), ("x'\"<>&", "localhost"),
        ("[::1", "localhost"),
        ("[]", "localhost"), ("[::1]x", "localhost"), ("host:12a", "localhost"), ("host/path", "localhost"),
        ("$(reboot)", "localhost"), ("`x`", "localhost"), ("host;x", "localhost"), ("h\u{E9}", "localhost"),
    ])
    func `only a host name or an address is taken from the request`(authority: String, host: String) throws {
        let help = SendingHelp(authority: authority, listener: try ListenAddress("0.0.0.0:4444"))
        #expect(help.endpoint == "http://\(host):4444/v1/traces")
    }

    @Test func `a request without a host, or with a very long one, gets localhost`() {
        #expect(SendingHelp(authority: nil, listener: nil).endpoint == "http://localhost:4318/v1/traces")
        let long = String(repeating: "a", count: 256)
        #expect(SendingHelp(authority: long, listener: nil).host == "localhost")
    }

    @Test(arguments: [("127.0.0.1:4318", true), ("[::1]:4318", true), (":4318", false), ("10.1.1.1:4318", false)])
    func `a listener of this machine alone is said to be one`(address: String, isLocal: Bool) throws {
        let html = SendingHelp(authority: "h", listener: try ListenAddress(address)).html(now: 5)
        #expect(html.contains("from its own machine only") == isLocal)
    }

    @Test func `the page has a policy without scripts, and shows the host that was asked for`() async throws {
        try await TestListeners.open({ $0.allowedHosts = ["costs.example", "test"] }) { listeners in
            var client = try await RawClient(to: listeners.web)
            try await client.send("GET / HTTP/1.1\r\nHost: costs.example:80\r\n\r\n")
            let reply = try await client.reply()
            #expect(reply.text.contains("http://costs.example:\(listeners.otlp.port)/v1/traces"))
            let policy = reply.headers["content-security-policy"] ?? ""
            #expect(policy.hasPrefix("default-src 'none'; style-src 'self';") && !policy.contains("unsafe"))
            #expect(reply.headers["x-content-type-options"] == "nosniff")
            #expect(reply.headers["cache-control"] == "no-store")
            try await client.send("GET /-/style.css HTTP/1.1\r\nHost: test\r\n\r\n")
            let style = try await client.reply()
            #expect(style.headers["content-type"] == "text/css; charset=utf-8")
            #expect(style.text == PageStyle.css)
            await client.close()
        }
    }

    @Test func `the page answers under names that are allowed, the style sheet under any`() async throws {
        try await TestListeners.open({ $0.allowedHosts = ["costs.example"] }) { listeners in
            for (host, path, status) in [
                ("elsewhere.example", "/", 421), ("elsewhere.example", "/-/style.css", 200),
                ("127.0.0.1:9464", "/", 200), ("COSTS.example.:9464", "/", 200),
            ] {
                var client = try await RawClient(to: listeners.web)
                try await client.send("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                let reply = try await client.reply()
                #expect(reply.status == status)
                #expect((status == 421) == reply.text.contains("web.allowed_hosts"))
                await client.close()
            }
        }
    }
}
