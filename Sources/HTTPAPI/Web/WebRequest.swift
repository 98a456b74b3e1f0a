// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import HummingbirdCore
import Ingest
import NIOCore

/// A request to the web listener, without its body, which no page reads.
package struct WebRequest: Sendable {
    let method: HTTPRequest.Method
    let headers: HTTPFields
    let uri: URI
    let remote: SocketAddress?
    /// The header `Host`.
    let authority: String?
    /// The path and query, or the whole address, as sent.
    let target: String

    init(_ request: Request, from remote: SocketAddress?) {
        (method, headers, uri) = (request.method, request.headers, request.uri)
        (authority, target) = (request.head.authority, request.target)
        self.remote = remote
    }

    /// The path, percent-encoded as sent, without the query.
    package var path: String { uri.path }

    /// The query behind `?`, percent-encoded as sent; `nil` without one.
    package var query: String? { uri.query }

    /// Where the request came from.
    var origin: RequestOrigin { RequestOrigin(remote: remote, path: target, contentType: headers[.contentType]) }

    /// The encoding in which the sender reads a refusal of OTLP; `nil` for text.
    var encodingOfRefusal: BodyEncoding? { AcceptedContent.encodingOfRefusal(for: headers) }

    /// The value of a header.
    ///
    /// - Parameter name: The name, in any case.
    /// - Returns: The value; `nil` for a header that was not sent or a name that is none.
    package func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
