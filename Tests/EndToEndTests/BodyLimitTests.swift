// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Bodies that are too large, or in a form that is not spoken here.
@Suite struct BodyLimitTests {
    private static let mebibyte = 1 << 20
    /// One more MiB than the default ceiling on a body as sent.
    private static let overCeiling = 21 * mebibyte

    @Test(arguments: ["honest", "lying", "members"])
    func `A gzip bomb is refused without the memory it asks for`(kind: String) throws {
        let service = try ServiceUnderTest()
        let script = Repository.scripts.appending(path: "gzip_bomb.py").path
        let bomb = try run(Repository.tool("python"), [script, kind])
        try #require(bomb.status == 0, "\(bomb.log)")

        let headers = ["content-type": "application/x-protobuf", "content-encoding": "gzip"]
        for _ in 0..<3 {
            let response = try service.post(bomb.output, headers: headers)
            #expect(response.status == 413)
        }
        #expect(try service.process.peakResidentBytes() < 256 * Self.mebibyte)
        #expect(try service.post([]).status == 200)
    }

    @Test(arguments: [nil, "gzip"])
    func `A body over the ceiling is refused`(encoding: String?) throws {
        let service = try ServiceUnderTest()
        var headers = ["content-type": "application/x-protobuf"]
        headers["content-encoding"] = encoding
        let body = [UInt8](repeating: 0x1F, count: Self.overCeiling)
        #expect(try service.post(body, headers: headers).status == 413)
        #expect(try service.process.peakResidentBytes() < 256 * Self.mebibyte)
        #expect(try service.post([]).status == 200)
    }

    @Test func `A body over the ceiling is refused although its length was not told`() throws {
        let service = try ServiceUnderTest()
        var connection = try HTTPConnection(port: service.otlpPort)
        let headers = ["content-type": "application/x-protobuf", "transfer-encoding": "chunked"]
        connection.write(HTTPConnection.head("POST", "/v1/traces", headers: headers))
        let size = String(Self.overCeiling, radix: 16)
        connection.write(Array("\(size)\r\n".utf8) + [UInt8](repeating: 0x0A, count: Self.overCeiling))
        connection.write(Array("\r\n0\r\n\r\n".utf8))
        #expect(try connection.readResponse().status == 413)
        #expect(try service.process.peakResidentBytes() < 256 * Self.mebibyte)
    }

    @Test(arguments: [
        ["content-type": "text/plain"],
        ["content-type": "application/grpc"],
        ["content-type": "application/x-protobuf", "content-encoding": "compress"],
        ["content-type": "application/x-protobuf", "content-encoding": "snappy"],
    ])
    func `An unknown type or encoding is refused`(headers: [String: String]) throws {
        let service = try ServiceUnderTest()
        let capture = try #require(try Capture("otel-openai-v2", "chat").posts().first)
        let response = try service.post(capture.body, headers: headers)
        #expect(response.status == 415)
        #expect(!response.body.isEmpty)
        #expect(try service.scrapeSettled().sum("llm_requests_total") == 0)
    }
}
