// SPDX-License-Identifier: Apache-2.0
import Foundation
import OTLP
import Testing

@Suite struct JSONTraceResponseTests {
    @Test func `full success is an empty object`() {
        #expect(JSONTraceResponse.success(rejectedSpans: 0, message: "") == Array("{}".utf8))
    }

    @Test func `partial success says how many spans were refused`() {
        let text = String(decoding: JSONTraceResponse.success(rejectedSpans: 2, message: "no id"), as: UTF8.self)
        #expect(text == #"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"no id"}}"#)
    }

    @Test func `a status comes back as it was meant, whatever is in its message`() throws {
        struct Status: Decodable, Equatable {
            var code: Int32
            var message: String
        }
        let message =
            String(String.UnicodeScalarView((0..<0x180).compactMap { Unicode.Scalar($0 as UInt32) })) + "🙂\\\"/"
        let bytes = JSONTraceResponse.status(code: 3, message: message)
        #expect(try JSONDecoder().decode(Status.self, from: Data(bytes)) == Status(code: 3, message: message))
        #expect(!bytes.contains { $0 < 0x20 })
    }
}
