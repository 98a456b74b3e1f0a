// SPDX-License-Identifier: Apache-2.0
import Exposition
import HTTPAPI
import Testing

@Suite struct WebListenerTests {
    @Test func `metrics are rendered in the format that is asked for`() async throws {
        try await TestListeners.open(render: { Array($0.contentType.utf8) }) { listeners in
            var client = try await RawClient(to: listeners.web)
            for accept in ["", "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n"] {
                try await client.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\(accept)\r\n")
                let reply = try await client.reply()
                #expect(reply.status == 200)
                #expect(reply.headers["content-type"] == reply.text)
                #expect(reply.text.hasPrefix(accept.isEmpty ? "text/plain" : "application/openmetrics-text"))
                #expect(reply.headers["content-encoding"] == nil)
                #expect(reply.headers["vary"] == "Accept, Accept-Encoding")
            }
            #expect(listeners.counters.scrapes == 2)
            await client.close()
        }
    }

    @Test func `metrics are gzipped for those who accept it`() async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.web)
            try await client.send("GET /metrics?x=1 HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\n\r\n")
            let reply = try await client.reply()
            #expect(reply.headers["content-encoding"] == "gzip")
            #expect(reply.body.starts(with: [0x1F, 0x8B] as [UInt8]))
            await client.close()
        }
    }

    @Test(arguments: ["/metrics", "/", "/-/healthy"])
    func `HEAD gets the headers alone`(path: String) async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.web)
            for _ in 0..<2 {
                try await client.send("HEAD \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
                let reply = try await client.reply(hasBody: false)
                #expect(reply.status == 200)
                #expect(reply.headers["content-length"].flatMap { Int($0) } ?? 0 > 0)
            }
            await client.close()
        }
    }

    @Test(arguments: [
        ("GET /-/healthy HTTP/1.1", 200, "Healthy."), ("GET /-/ready HTTP/1.1", 200, "Ready."),
        ("GET /own HTTP/1.1", 200, "up 1"), ("GET /metrics HTTP/1.1", 404, "Metrics are at /own."),
        ("POST /own HTTP/1.1", 405, "accepts GET and HEAD"), ("POST /-/reload HTTP/1.1", 403, "--web.enable-lifecycle"),
        ("GET / HTTP/1.1", 200, "<a href=\"/own\">"), ("GET / HTTP/1.1", 200, "Version 1.2.3 &lt;test&gt;"),
    ])
    func `each path says its part`(line: String, status: Int, text: String) async throws {
        try await TestListeners.open({ $0.telemetryPath = "/own" }) { listeners in
            var client = try await RawClient(to: listeners.web)
            try await client.send("\(line)\r\nHost: test\r\n\r\n")
            let reply = try await client.reply()
            #expect(reply.status == status)
            #expect(reply.text.contains(text))
            #expect((reply.headers["allow"] == "GET, HEAD") == (status == 405))
            await client.close()
        }
    }
}
