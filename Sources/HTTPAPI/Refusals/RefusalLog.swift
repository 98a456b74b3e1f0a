// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPTypes
import Logging
import NIOCore

/// Where a request came from, for the log.
struct RequestOrigin: Sendable {
    /// The address of the peer, if it has one.
    var remote: SocketAddress?
    /// The path, as sent.
    var path: String
    /// The value of the header `Content-Type`; `nil` without one.
    var contentType: String?

    /// The IP address of the peer.
    var peer: String { remote?.ipAddress ?? "" }
}

/// Notes the refusals of one listener, and logs them: at most one line a minute for each kind, with the number of refusals since
/// the last one.
final class RefusalLog: Sendable {
    typealias Kind = RefusedRequests.Kind

    private let name: ListenerName
    private let requests: RefusedRequests
    private let logger: Logger
    private let wallNanoseconds: @Sendable () -> UInt64
    private let spacing = LogSpacing<Kind>(interval: .seconds(60))

    /// - Parameters:
    ///   - name: The listener.
    ///   - requests: Where the refusals are counted and kept in words.
    ///   - logger: Logs them.
    ///   - wallNanoseconds: The time of day, in nanoseconds since 1970.
    init(
        of name: ListenerName, in requests: RefusedRequests, logger: Logger,
        wallNanoseconds: @escaping @Sendable () -> UInt64
    ) {
        self.name = name
        self.requests = requests
        self.logger = logger
        self.wallNanoseconds = wallNanoseconds
    }

    /// Notes a refusal, and logs it if its kind is due.
    ///
    /// - Parameters:
    ///   - refusal: What was refused and why.
    ///   - origin: Where the request came from.
    func note(_ refusal: Refusal, from origin: RequestOrigin) {
        note(refusal.kind, status: refusal.status, from: origin, refusal.reasonAndRemedy)
    }

    /// Notes spans that were refused in a body that was taken.
    ///
    /// - Parameters:
    ///   - sentence: What is wrong with them, and behind the first semicolon what to do.
    ///   - origin: Where the request came from.
    func noteSpans(_ sentence: String, from origin: RequestOrigin) {
        note(.spans, status: .ok, from: origin, Refusal.parts(of: sentence))
    }

    /// Notes a refusal, and logs it if its kind is due.
    ///
    /// - Parameters:
    ///   - kind: Its kind.
    ///   - status: The status of the answer; `nil` to a peer that does not speak HTTP/1.
    ///   - origin: Where the request came from.
    ///   - text: The reason and what to do about it.
    func note(
        _ kind: Kind, status: HTTPResponse.Status?, from origin: RequestOrigin, _ text: (reason: String, remedy: String)
    ) {
        let entry = RefusedRequests.Entry(
            listener: name, kind: kind, status: status?.code, lastNanoseconds: wallNanoseconds(), peer: origin.peer,
            path: String(Refusal.excerpt(origin.path)), contentType: String(Refusal.excerpt(origin.contentType ?? "")),
            reason: String(text.reason.prefix(RefusedRequests.longestText)),
            remedy: String(text.remedy.prefix(RefusedRequests.longestText)))
        requests.note(entry)
        // Bodies that could not be stored have a line of their own, with the error.
        guard kind != .unsynced, let count = spacing.note(kind) else { return }
        logger.warning(
            "requests were refused",
            metadata: [
                "door": "\(name.rawValue)", "peer": "\(entry.peer)", "path": "\(entry.path)",
                "content_type": "\(entry.contentType)", "reason": "\(entry.reason)", "remedy": "\(entry.remedy)",
                "count": "\(count)",
            ])
    }
}

extension Refusal {
    /// The kind under which the refusal is counted and logged.
    var kind: RefusedRequests.Kind {
        switch self {
        case .path: .path
        case .spans: .misplaced
        case .method: .method
        case .otherSignal: .signal
        case .wrongPort, .scrape: .wrongPort
        case .contentType: .contentType
        case .contentCoding: .contentCoding
        case .tooLarge, .inflatesTooLarge: .tooLarge
        case .unreadable: .unreadable
        case .inFlightFull, .busy: .busy
        case .timedOut, .tooSlow: .slow
        case .unsynced: .unsynced
        }
    }
}
