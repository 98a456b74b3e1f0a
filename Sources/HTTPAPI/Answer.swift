// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Ingest
import NIOCore

/// The answer to one request, without the headers that every answer carries.
package struct Answer: Sendable {
    static let protobuf = "application/x-protobuf"
    package static let json = "application/json"
    package static let plainText = "text/plain; charset=utf-8"
    package static let html = "text/html; charset=utf-8"

    var status: HTTPResponse.Status
    var headers: HTTPFields
    var body: ByteBuffer
    /// Whether the connection closes after the answer, for example because the rest of the request is refused.
    var closesConnection = false
    /// The page whose body this is; the answer holds it until the body is written.
    var page: SharedPage?
    /// Makes the next piece on a thread for questions; `nil` after the last one.
    var makePiece: (@Sendable () throws -> ByteBuffer?)?
    /// Makes the pieces of a body whose length is not known, one after the other; `nil` after the last one.
    var pieces: (@Sendable () async throws -> ByteBuffer?)?
    /// Called once the system has taken the whole page, with the connection.
    var whenWritten: (@Sendable (any Channel) -> Void)?

    init(status: HTTPResponse.Status = .ok, contentType: String, body: ByteBuffer) {
        self.status = status
        self.headers = [.contentType: contentType]
        self.body = body
    }

    /// Makes an answer from bytes.
    ///
    /// - Parameters:
    ///   - code: The status code, from 200 to 599.
    ///   - contentType: The value of the header `Content-Type`.
    ///   - bytes: The body.
    package init(code: Int, contentType: String, bytes: [UInt8]) {
        self.init(
            status: HTTPResponse.Status(code: code), contentType: contentType, body: ByteBuffer(bytes: bytes))
    }

    /// Makes an answer from a page.
    init(contentType: String, page: SharedPage) {
        self.init(contentType: contentType, body: page.body)
        self.page = page
    }

    /// The content type of the answer to a request in an encoding.
    static func contentType(of encoding: BodyEncoding) -> String {
        switch encoding {
        case .protobuf: protobuf
        case .json: json
        }
    }

    /// Makes an answer of one line of plain text; the newline is added.
    static func line(_ text: String, status: HTTPResponse.Status = .ok) -> Answer {
        Answer(status: status, contentType: plainText, body: ByteBuffer(string: text + "\n"))
    }
}
