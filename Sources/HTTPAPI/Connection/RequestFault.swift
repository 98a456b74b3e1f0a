// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import NIOHTTP1

/// Why a request is refused before anything of it is looked at: it breaks the rules of HTTP/1, so that nobody can be sure
/// where it ends.
///
/// Such a request takes its turn among the others of its connection as one whose method no sender can write.
///
/// - SeeAlso: RFC 9112, sections 3.2 (Host), 6.1 (Transfer-Encoding) and 6.3 (the length of a body).
enum RequestFault: String {
    case unreadable = "!unreadable"
    case headers = "!headers"
    case host = "!host"
    case contentLength = "!content-length"
    case transferCoding = "!transfer-coding"
    case twoLengths = "!two-lengths"

    /// Reads the fault back from a request that has one.
    init?(_ method: HTTPRequest.Method) {
        guard method.rawValue.utf8.first == UInt8(ascii: "!") else { return nil }
        self.init(rawValue: method.rawValue)
    }

    /// The head that stands for the refused request.
    var head: HTTPRequestHead {
        HTTPRequestHead(
            version: .http1_1, method: .RAW(value: rawValue), uri: "/", headers: HTTPHeaders([("Connection", "close")]))
    }

    /// What the sender is told.
    var answer: Answer {
        let (status, text): (HTTPResponse.Status, String) =
            switch self {
            case .unreadable: (.badRequest, "What came is no HTTP/1.1 request.")
            case .headers: (.requestHeaderFieldsTooLarge, "The headers of the request are too large or too many.")
            case .host:
                (
                    .badRequest,
                    "The request must have one Host header, with one host name (HTTP/1.0: one or none)."
                )
            case .contentLength: (.badRequest, "Content-Length must be one number of bytes, in digits, below 2^63.")
            case .transferCoding: (.notImplemented, "The only Transfer-Encoding that is taken is chunked, alone.")
            case .twoLengths:
                (
                    .badRequest,
                    "The length of the body is not certain: send either Content-Length or, with HTTP/1.1, "
                        + "Transfer-Encoding: chunked."
                )
            }
        return .line(text, status: status)
    }
}
