// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Ingest
import NIOCore

/// The answer to one request, without the headers that every answer carries.
struct Answer: Sendable {
    static let protobuf = "application/x-protobuf"
    static let json = "application/json"
    static let plainText = "text/plain; charset=utf-8"
    static let html = "text/html; charset=utf-8"

    var status: HTTPResponse.Status
    var headers: HTTPFields
    var body: ByteBuffer
    /// Set when the connection cannot go on, for example because the rest of the request is not wanted.
    var closesConnection = false
    /// The page that the body is part of; the answer holds it until the body is written.
    var page: SharedPage?

    init(status: HTTPResponse.Status = .ok, contentType: String, body: ByteBuffer) {
        self.status = status
        self.headers = [.contentType: contentType]
        self.body = body
    }

    /// Makes an answer from a page.
    init(contentType: String, page: SharedPage) {
        self.init(contentType: contentType, body: page.body)
        self.page = page
    }

    /// The content type of answers to a request that was written in some way.
    static func contentType(of encoding: BodyEncoding) -> String {
        switch encoding {
        case .protobuf: protobuf
        case .json: json
        }
    }

    /// Makes a plain line of text; the newline is added.
    static func line(_ text: String, status: HTTPResponse.Status = .ok) -> Answer {
        Answer(status: status, contentType: plainText, body: ByteBuffer(string: text + "\n"))
    }
}
