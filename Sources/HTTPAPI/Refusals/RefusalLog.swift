// SPDX-License-Identifier: Apache-2.0
import CallMetrics
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

/// Logs the refusals of one listener: at most one line a minute for each kind, with the number of refusals since the last one.
final class RefusalLog: Sendable {
    /// A kind of refusal, with a line of its own.
    enum Kind: String, Sendable {
        case path, method, signal, contentType, contentCoding, tooLarge, unreadable, busy, slow, host, wrongPort, http2,
            tls
    }

    private let name: ListenerName
    private let logger: Logger
    private let spacing = LogSpacing<Kind>(interval: .seconds(60))

    init(of name: ListenerName, logger: Logger) {
        self.name = name
        self.logger = logger
    }

    /// Notes a refusal, and logs it if its kind is due.
    ///
    /// - Parameters:
    ///   - refusal: What was refused and why.
    ///   - origin: Where the request came from.
    func note(_ refusal: Refusal, from origin: RequestOrigin) {
        guard let kind = refusal.kind else { return }
        note(kind, from: origin) { refusal.reasonAndRemedy }
    }

    /// Notes a refusal, and logs it if its kind is due.
    ///
    /// - Parameters:
    ///   - kind: Its kind.
    ///   - origin: Where the request came from.
    ///   - text: Makes the reason and what to do about it.
    func note(_ kind: Kind, from origin: RequestOrigin, _ text: () -> (reason: String, remedy: String)) {
        guard let count = spacing.note(kind) else { return }
        let (reason, remedy) = text()
        logger.warning(
            "requests were refused",
            metadata: [
                "door": "\(name.rawValue)", "peer": "\(origin.peer)", "path": "\(Refusal.excerpt(origin.path))",
                "content_type": "\(Refusal.excerpt(origin.contentType ?? ""))", "reason": "\(reason)",
                "remedy": "\(remedy)", "count": "\(count)",
            ])
    }
}

extension Refusal {
    /// The kind under which the refusal is logged; `nil` for one that has a line of its own.
    fileprivate var kind: RefusalLog.Kind? {
        switch self {
        case .path: .path
        case .method: .method
        case .otherSignal: .signal
        case .wrongPort: .wrongPort
        case .contentType: .contentType
        case .contentCoding: .contentCoding
        case .tooLarge, .inflatesTooLarge: .tooLarge
        case .unreadable: .unreadable
        case .inFlightFull, .busy: .busy
        case .timedOut, .tooSlow: .slow
        case .unsynced: nil
        }
    }
}
