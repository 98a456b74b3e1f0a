// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import NIOHTTP1

/// A violation of the rules of HTTP/1, or a request too far ahead of the answers.
///
/// The request is refused unread, since its end is uncertain.
/// So that such a request is answered in turn with the others of its connection, it is passed on as a request whose method is
/// one of these values, which no sender can write.
///
/// - SeeAlso: RFC 9112, sections 3.2 (Host), 6.1 (Transfer-Encoding) and 6.3 (the length of a body).
enum RequestFault: String {
    case unreadable = "!unreadable"
    case headers = "!headers"
    case host = "!host"
    case contentLength = "!content-length"
    case transferCoding = "!transfer-coding"
    case twoLengths = "!two-lengths"
    case tooFarAhead = "!too-far-ahead"

    /// Reads the fault back from the method of a request that was passed on.
    init?(_ method: HTTPRequest.Method) {
        guard method.rawValue.utf8.first == UInt8(ascii: "!") else { return nil }
        self.init(rawValue: method.rawValue)
    }

    /// The head that stands for the refused request.
    var head: HTTPRequestHead {
        HTTPRequestHead(
            version: .http1_1, method: .RAW(value: rawValue), uri: "/", headers: HTTPHeaders([("Connection", "close")]))
    }

    /// The answer to the sender.
    var answer: Answer {
        let (status, text): (HTTPResponse.Status, String) =
            switch self {
            case .unreadable: (.badRequest, "The request is not valid HTTP/1.1.")
            case .headers: (.requestHeaderFieldsTooLarge, "The headers of the request are too large or too many.")
            case .host:
                (
                    .badRequest,
                    "The request must have one Host header, with one host name (HTTP/1.0: one or none)."
                )
            case .contentLength: (.badRequest, "Content-Length must be a single decimal number of bytes below 2^63.")
            case .transferCoding: (.notImplemented, "The only Transfer-Encoding accepted is chunked, on its own.")
            case .tooFarAhead:
                (
                    .tooManyRequests,
                    "Too many requests of this connection have no answer yet: wait for answers before sending more."
                )
            case .twoLengths:
                (
                    .badRequest,
                    "The length of the body is ambiguous: send either Content-Length or, with HTTP/1.1, "
                        + "Transfer-Encoding: chunked."
                )
            }
        return .line(text, status: status)
    }
}
