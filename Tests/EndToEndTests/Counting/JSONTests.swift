// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What is sent as OTLP/JSON means what it means in protobuf.
@Suite struct JSONTests {
    @Test(arguments: Capture.all, JSONForm.allCases)
    func `A recorded run gives the same as JSON`(capture: Capture, form: JSONForm) throws {
        let files = try JSONBodies.posts(of: capture, form: form).map(\.file.path)
        let replayed = try run(Repository.service, ["replay"] + files)
        try #require(replayed.status == 0, "\(replayed.log)")
        let shown = CallTotals(Exposition(replayed.text))
        #expect(try shown.differences(from: capture.acceptedTotals()) == [])
    }

    @Test func `A body sent as JSON is the same body that was sent in protobuf`() throws {
        let service = try ServiceUnderTest()
        let capture = Capture("otel-genai-openai", "many")
        for post in try capture.posts() + JSONBodies.posts(of: capture, form: .usual) {
            #expect(try service.post(post.body, headers: post.headers).status == 200)
        }
        let last = try service.stopAndScrape()
        #expect(CallTotals(last).differences(from: try capture.acceptedTotals()) == [])
        #expect(
            last.sum("llm_cost_exporter_spans_total") { $0["outcome"] == "duplicate" }
                == Double(try capture.expected().model_calls.count))
    }

    @Test(arguments: [
        (body: "{}", status: 200), (body: #"{"resourceSpans": 1}"#, status: 400), (body: "{", status: 400),
    ])
    func `JSON is answered in JSON`(body: String, status: Int) throws {
        let service = try ServiceUnderTest()
        let response = try service.post(Array(body.utf8), headers: JSONBodies.headers)
        #expect(response.status == status)
        #expect(response.headers["content-type"]?.hasPrefix("application/json") == true)
        let answer = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        // Errors carry a google.rpc.Status.
        #expect((answer?["message"] is String) == (status == 400))
    }

    /// A gzip member without content.
    private static let emptyMember: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]

    @Test(
        arguments: [
            ([], "identity"), (Array(" \n".utf8), "identity"), ([], "gzip"), (Self.emptyMember, "gzip"),
        ] as [([UInt8], String)])
    func `an empty JSON body is refused with what to send instead, and an empty protobuf body is taken`(
        _ body: [UInt8], _ coding: String
    ) throws {
        let service = try ServiceUnderTest()
        func post(_ type: String) throws -> HTTPResponse {
            try service.post(
                body,
                headers: ["content-type": type].merging(coding == "gzip" ? ["content-encoding": coding] : [:]) { $1 })
        }
        let refused = try post("application/json")
        #expect(refused.status == 400)
        let answer = try JSONSerialization.jsonObject(with: Data(refused.body)) as? [String: Any]
        #expect((answer?["message"] as? String)?.contains("the body is empty") == true)
        // Blanks are something else in protobuf.
        if body.first != 0x20 { #expect(try post("application/x-protobuf").status == 200) }
    }
}
