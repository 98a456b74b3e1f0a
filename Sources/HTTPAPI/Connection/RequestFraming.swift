// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Follows the HTTP parser, and enforces the rules that the parser does not: one Host, one length, no transfer coding except
/// `chunked`, and the limits of HTTP/1.0.
///
/// A request that breaks a rule is passed on as a ``RequestFault``, and nothing that follows it on the connection is read
/// as a request. So is one that is too far ahead of the answers: the end of a connection brings all that the system still
/// holds of it at once, which may be megabytes of requests of a few bytes each.
final class RequestFraming: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let events: ConnectionEvents
    /// Whether the last request has ended, so that further bytes are ignored.
    private var isOver = false
    private var isInRequest = false
    private var isLast = false
    /// For each request without an answer: whether the answer has to say that the connection stays open, and the length of the
    /// head in bytes.
    private var unanswered = CircularBuffer<(saysKeepAlive: Bool, bytes: Int)>(initialCapacity: 2)
    /// The bytes of the heads of all of them together.
    private var bytesAhead = 0

    /// How many requests may wait for their answers; clients that send any ahead send a few dozen.
    static let mostAhead = 256
    /// How many bytes the heads of those may have, besides that of a single one.
    static let mostBytesAhead = 262_144

    init(events: ConnectionEvents) {
        self.events = events
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(var head):
            if let fault = Self.normalise(&head) { return refuse(fault, context) }
            let bytes = Self.bytes(of: head)
            let isTooMuch = unanswered.count == Self.mostAhead || bytesAhead + bytes > Self.mostBytesAhead
            guard unanswered.isEmpty || !isTooMuch else { return refuse(.tooFarAhead, context) }
            isInRequest = true
            isLast = !head.isKeepAlive
            unanswered.append((!isLast && head.version == .http1_0, bytes))
            bytesAhead += bytes
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body: context.fireChannelRead(data)
        case .end:
            isInRequest = false
            isOver = isLast
            context.fireChannelRead(data)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let parserError = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        guard !isOver else { return }
        // A sender that closes the connection breaks no rule.
        let isEnd = parserError == .invalidEOFState
        if isInRequest {
            isOver = true
            if !isEnd { events.count(.badRequest) }
            context.fireErrorCaught(error)
        } else if !isEnd {
            refuse(Self.fault(parserError), context)
            context.fireChannelReadComplete()
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), head.status.code >= 200,
            let (saysKeepAlive, bytes) = unanswered.popFirst()
        else { return context.write(data, promise: promise) }
        bytesAhead -= bytes
        guard saysKeepAlive, !head.headers.contains(name: "Connection") else {
            return context.write(data, promise: promise)
        }
        head.headers.add(name: "Connection", value: "keep-alive")
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    private static func bytes(of head: HTTPRequestHead) -> Int {
        head.headers.reduce(head.uri.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }

    private func refuse(_ fault: RequestFault, _ context: ChannelHandlerContext) {
        isOver = true
        events.count(.badRequest)
        unanswered.append((false, 0))
        context.fireChannelRead(wrapInboundOut(.head(fault.head)))
        context.fireChannelRead(wrapInboundOut(.end(nil)))
    }

    private static func fault(_ error: HTTPParserError) -> RequestFault {
        switch error {
        case .headerOverflow: .headers
        case .invalidContentLength: .contentLength
        case .unexpectedContentLength: .twoLengths
        default: .unreadable
        }
    }

    // MARK: Rules

    /// Checks the headers that give the request's end and host, and rewrites them in the form that later handlers expect.
    private static func normalise(_ head: inout HTTPRequestHead) -> RequestFault? {
        var (hosts, lengths, codings) = (0, 0, 0)
        var (isUpgrade, expects) = (head.method == .CONNECT, false)
        var length = ""
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 4 where isName(name, "host"):
                hosts += 1
                guard isHost(value) else { return .host }
            case 6 where isName(name, "expect"): expects = true
            case 7 where isName(name, "upgrade"): isUpgrade = true
            case 14 where isName(name, "content-length"):
                lengths += 1
                length = value
                guard isLength(value) else { return .contentLength }
            case 17 where isName(name, "transfer-encoding"):
                codings += 1
                guard isName(trimmed(value), "chunked") else { return .transferCoding }
            default: break
            }
        }
        let is1_0 = head.version == .http1_0
        guard hosts == 1 || hosts == 0 && is1_0 else { return .host }
        guard codings <= 1 else { return .transferCoding }
        guard lengths <= 1 else { return .contentLength }
        guard codings == 0 || lengths == 0 && !is1_0 else { return .twoLengths }
        // After a request to change the protocol the parser reads no further requests.
        if isUpgrade || !head.isKeepAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        if length.utf8.last.map(isBlank) ?? false {
            head.headers.replaceOrAdd(name: "Content-Length", value: String(trimmed(length)))
        }
        if is1_0, expects { head.headers.remove(name: "Expect") }
        return nil
    }

    /// Whether a word equals a name in lower case, whatever the case of its letters.
    static func isName(_ word: some StringProtocol, _ name: String) -> Bool {
        word.utf8.elementsEqual(name.utf8) { byte, lower in
            byte == lower || ((0x41...0x5A).contains(byte) && byte | 0x20 == lower)
        }
    }

    private static func isLength(_ value: String) -> Bool {
        let digits = trimmed(value)
        return digits.utf8.allSatisfy { (0x30...0x39).contains($0) } && Int(digits) != nil
    }

    /// Whether a value can be one host; it may be empty, but not a list, a path or a user.
    private static func isHost(_ value: String) -> Bool {
        trimmed(value).utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !Self.notInHosts.contains($0) }
    }

    private static let notInHosts = Array("\"#,/<>?@\\^`{|}".utf8)

    private static func trimmed(_ value: String) -> Substring {
        let bytes = value.utf8
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
        let end = bytes[start...].lastIndex { !isBlank($0) }.map { bytes.index(after: $0) } ?? start
        return value[start..<end]
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
