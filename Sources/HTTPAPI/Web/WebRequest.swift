// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import HummingbirdCore
import NIOCore

/// A request to the web listener, without its body, which no page reads.
package struct WebRequest: Sendable {
    let method: HTTPRequest.Method
    let headers: HTTPFields
    let uri: URI
    let remote: SocketAddress?
    /// The header `Host` as sent.
    let authority: String?

    init(_ request: Request, from remote: SocketAddress?) {
        authority = request.head.authority
        (method, headers, uri) = (request.method, request.headers, request.uri)
        self.remote = remote
    }

    /// The path, percent-encoded as sent, without the query.
    package var path: String { uri.path }

    /// The query behind `?`, percent-encoded as sent; `nil` without one.
    package var query: String? { uri.query }

    /// The value of a header.
    ///
    /// - Parameter name: The name, in any case.
    /// - Returns: The value; `nil` for a header that was not sent or a name that is none.
    package func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
