// SPDX-License-Identifier: Apache-2.0

/// One row of the web listener's table: the requests for one path, and the function that answers them.
///
/// To add a page, make a row in the room that knows its content, and list it in `Guest.routes`.
package struct Route: Sendable {
    /// The methods of a row, as the header `Allow` lists them.
    package enum Methods: String, Sendable {
        /// Reads. HEAD gets the headers of GET.
        case read = "GET, HEAD"
        /// Changes something.
        case write = "POST, PUT"
    }

    /// The pool of threads that the function runs on, with the function.
    enum Handler: Sendable {
        case eventLoop(@Sendable (WebRequest) async throws -> Answer)
        case pageRenderer(contentType: String, @Sendable () -> [UInt8])
        case worker(@Sendable (WebRequest) -> Answer)
        case asking(busy: @Sendable (WebRequest) -> Answer, @Sendable (WebRequest) -> Answer)
    }

    package let methods: Methods
    /// The whole path, beginning with `/`; a part in braces, such as `{trace}`, is any text without a slash.
    package let path: String
    let handler: Handler

    /// Answers on the connection's event loop: for answers that are at hand, and for functions that wait for something else.
    ///
    /// - Parameters:
    ///   - methods: The methods that are answered.
    ///   - path: The whole path, beginning with `/`.
    ///   - answer: Makes the answer. It may await; it must not block or compute for more than some microseconds, since other
    ///     connections share the thread. An error closes the connection.
    /// - Returns: The row.
    package static func onEventLoop(
        _ methods: Methods, _ path: String, answer: @escaping @Sendable (WebRequest) async throws -> Answer
    ) -> Route {
        Route(methods: methods, path: path, handler: .eventLoop(answer))
    }

    /// Answers GET and HEAD with a page that is the same for every request; it is rendered on a thread for pages, one page at
    /// a time.
    ///
    /// Requests that wait for the same page share one rendering, and `web.max_answer_bytes` bounds the bytes of all pages.
    ///
    /// - Parameters:
    ///   - path: The whole path, beginning with `/`.
    ///   - contentType: The value of the header `Content-Type`.
    ///   - render: Renders the page; it may take seconds.
    /// - Returns: The row.
    package static func page(
        _ path: String, contentType: String, render: @escaping @Sendable () -> [UInt8]
    ) -> Route {
        Route(methods: .read, path: path, handler: .pageRenderer(contentType: contentType, render))
    }

    /// Answers on the thread for pages, one request at a time: for answers that depend on the request and take their time.
    ///
    /// - Parameters:
    ///   - methods: The methods that are answered.
    ///   - path: The whole path, beginning with `/`.
    ///   - answer: Makes the answer; it may take seconds.
    /// - Returns: The row.
    package static func onWorker(
        _ methods: Methods, _ path: String, answer: @escaping @Sendable (WebRequest) -> Answer
    ) -> Route {
        Route(methods: methods, path: path, handler: .worker(answer))
    }

    /// Answers on one of the threads for questions, which have a line of their own: for answers that read stored calls.
    ///
    /// Questions beyond the ceiling are refused with 503, so that they never wait for long.
    ///
    /// - Parameters:
    ///   - path: The whole path, whose parts in braces are any text without a slash.
    ///   - busy: Makes the refusal, on the connection's event loop; by default it is JSON.
    ///   - answer: Makes the answer; it may take seconds.
    /// - Returns: The row.
    package static func asking(
        _ path: String, busy: @escaping @Sendable (WebRequest) -> Answer = { _ in QuestionLine.refusal },
        answer: @escaping @Sendable (WebRequest) -> Answer
    ) -> Route {
        Route(methods: .read, path: path, handler: .asking(busy: busy, answer))
    }
}
