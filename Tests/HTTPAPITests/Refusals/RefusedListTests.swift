// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTPAPI

/// The list of refused requests at `/api/v1/refused`.
@Suite struct RefusedListTests {
    @Test func `the list has each kind with its latest refusal`() {
        let requests = RefusedRequests()
        #expect(requests.json == #"{"refused": []}"#)
        for (number, peer) in ["10.0.0.1", "10.0.0.2"].enumerated() {
            requests.note(
                RefusedRequests.Entry(
                    listener: .otlp, kind: .contentType, status: 415,
                    lastNanoseconds: 1_790_000_000_000_000_000 + UInt64(number), peer: peer, path: "/v1/traces",
                    contentType: "text/\"plain\"", reason: "the type is not accepted", remedy: "send another"))
        }
        requests.note(RefusedRequests.Entry(listener: .web, kind: .tls))
        #expect(
            requests.json == """
                {"refused": [{"listener": "otlp", "kind": "contentType", "status": 415, "count": 2, \
                "last_seen": "2026-09-21T14:13:20Z", "peer": "10.0.0.2", "path": "/v1/traces", \
                "content_type": "text/\\"plain\\"", "reason": "the type is not accepted", "remedy": "send another"}, \
                {"listener": "web", "kind": "tls", "status": null, "count": 1, "last_seen": "1970-01-01T00:00:00Z", \
                "peer": "", "path": "", "content_type": "", "reason": "", "remedy": ""}]}
                """)
    }

    @Test func `the web listener serves the list`() async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.web)
            try await client.send("GET /api/v1/refused HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            let reply = try await client.reply()
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"]?.hasPrefix("application/json") == true)
            #expect(reply.text == "{\"refused\": []}\n")
            await client.close()
        }
    }
}
