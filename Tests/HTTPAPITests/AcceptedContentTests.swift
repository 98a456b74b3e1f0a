// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Ingest
import Testing

@testable import HTTPAPI

@Suite struct AcceptedContentTests {
    @Test(
        arguments: [
            ("application/x-protobuf", nil, ContentCoding.identity), ("APPLICATION/X-Protobuf", "", nil),
            ("application/x-protobuf; charset=utf-8", "identity", .identity),
            ("application/x-protobuf ;v=1", "GZIP", .gzip),
            ("application/x-protobuf", " gzip ", .gzip), ("application/x-protobuf", "x-gzip", .gzip),
            ("application/x-protobuf", "zstd", nil), ("application/x-protobuf", "gzip, gzip", nil),
            ("application/x-protobuffer", nil, nil), ("application/protobuf", nil, nil), ("application/json", nil, nil),
            ("", nil, nil), (nil, nil, nil),
        ] as [(String?, String?, ContentCoding?)])
    func `type and coding are told apart`(type: String?, encoding: String?, expected: ContentCoding?) {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.contentEncoding] = encoding
        #expect((try? AcceptedContent.coding(of: headers)) == expected)
    }

    @Test func `a refusal names what is accepted`() {
        #expect(Refusal.contentType("text/plain").message.contains("send application/x-protobuf"))
        #expect(Refusal.contentCoding("br").message.contains("send gzip"))
        #expect(Refusal.contentType(String(repeating: "x", count: 10_000)).message.utf8.count < 300)
    }
}
