// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import HummingbirdCore
import NIOCore

extension Listener {
    /// Ends a connection after its last answer; the framework closes it on any error.
    private struct LastAnswerGiven: Error {}

    /// A refused body with no more than this to come is read to its end by the framework, and the connection goes on.
    private static let skippableBytes = 1 << 20
    /// A longer one is read so far and so long that a sender still sending sees the answer, not a broken pipe.
    private static let lingerBytes = 32 << 20
    private static let lingerTime = TimeAmount.seconds(1)

    /// Takes one request to its answer.
    ///
    /// - Throws: When the connection is to be closed.
    @concurrent
    func exchange(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        var body = BodyReader(request, on: channel)
        let answer: Answer =
            if let fault = RequestFault(request.method) { fault.answer } else {
                try await respond(request, &body, writer)
            }
        body.discardRest()
        // The page is held until the system has taken the answer.
        let holding = try answer.page?.join(channel)
        defer { holding?.end() }

        let waitsForContinue =
            !body.isAtEnd && body.receivedBytes == 0 && request.expectsContinue && !body.isAskedFor
        let isSkippable = body.isAtEnd || (body.restBytes.map { $0 <= Self.skippableBytes } ?? false)
        let closes = answer.closesConnection || waitsForContinue || !isSkippable

        let isLast = closes || request.headers[.connection] == "close" || connections.isClosing
        let head = head(of: answer, closes: isLast)
        if request.method == .head {
            try await writer.writeResponse(head)
        } else if let next = answer.pieces {
            let body = ResponseBody { writer in
                while let piece = try await next() { try await writer.write(piece) }
                try await writer.finish(nil)
            }
            try await writer.write(response: head, body: body)
        } else {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: answer.body))
        }
        if holding != nil, try await written(channel), request.method != .head { answer.whenWritten?(channel) }

        // Pipelined requests take turns with those of other connections.
        guard closes else { return await Task.yield() }
        if !answer.closesConnection, !waitsForContinue {
            let timer = channel.eventLoop.scheduleTask(in: Self.lingerTime) { channel.close(promise: nil) }
            defer { timer.cancel() }
            try await body.drain(upTo: Self.lingerBytes)
        }
        throw LastAnswerGiven()
    }

    /// Waits until the system has taken all bytes written on a connection.
    ///
    /// - Returns: Whether it has; `false` if the connection closed before.
    private func written(_ channel: any Channel) async throws -> Bool {
        let waiting = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionUse.self).written()
        }.get()
        return try await waiting.get()
    }

    private func head(of answer: Answer, closes: Bool) -> HTTPResponse {
        var headers = answer.headers
        // Pieces are sent in chunks, and an error between them closes the connection, so that the reader sees that some are missing.
        if answer.pieces == nil { headers[.contentLength] = String(answer.body.readableBytes) }
        headers[.date] = dates.text(at: wallNanoseconds())
        if closes { headers[.connection] = "close" }
        return HTTPResponse(status: answer.status, headerFields: headers)
    }
}

extension Request {
    /// Whether the sender holds the body back until a `100 Continue`.
    var expectsContinue: Bool { headers[.expect]?.lowercased() == "100-continue" }
}
