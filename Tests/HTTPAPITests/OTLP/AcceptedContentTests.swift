// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Ingest
import Testing

@testable import HTTPAPI

@Suite struct AcceptedContentTests {
    @Test(
        arguments: [
            ("application/x-protobuf", nil, BodyForm()), ("APPLICATION/X-Protobuf", "", nil),
            ("application/x-protobuf; charset=utf-8", "identity", BodyForm()),
            ("application/x-protobuf ;v=1", "GZIP", BodyForm(coding: .gzip)),
            ("application/x-protobuf", " gzip ", BodyForm(coding: .gzip)),
            ("application/x-protobuf", "x-gzip", BodyForm(coding: .gzip)),
            ("application/json", nil, BodyForm(encoding: .json)),
            ("application/json;charset=UTF-8", "gzip", BodyForm(encoding: .json, coding: .gzip)),
            ("application/x-protobuf", "zstd", nil), ("application/x-protobuf", "gzip, gzip", nil),
            ("application/x-protobuffer", nil, nil), ("application/protobuf", nil, nil),
            ("application/jsonl", nil, nil),
            ("", nil, nil), (nil, nil, nil),
        ] as [(String?, String?, BodyForm?)])
    func `type and coding are told apart`(type: String?, encoding: String?, expected: BodyForm?) {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.contentEncoding] = encoding
        #expect((try? AcceptedContent.form(of: headers)) == expected)
    }

    @Test func `a refusal names what is accepted`() {
        #expect(Refusal.contentType("text/plain").message.contains("send application/x-protobuf"))
        #expect(Refusal.contentCoding("br").message.contains("send gzip"))
        #expect(Refusal.contentType(String(repeating: "x", count: 10_000)).message.utf8.count < 300)
    }
}
